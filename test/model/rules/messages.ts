import type { SigningStatus } from '../../../src/domain/status.js';
import type { Played } from '../played.js';
import type { RecordedMessage } from '../recording.js';

const OUTCOMES: readonly unknown[] = ['completed', 'failed', 'withdrawn'];

/** An update is accepted where the status allows it, else refused with a sentence; never in another way. */
export function messagesAreAnswered({ recording: { events } }: Played): string | undefined {
  const messages = events.flatMap((event) => (event.type === 'message' ? [event] : []));
  for (const message of messages) {
    const objection = objectionTo(message, messages);
    if (objection !== undefined) return `${message.name} ${JSON.stringify(message.input)} ${objection}`;
  }
  return undefined;
}

function objectionTo(message: RecordedMessage, all: readonly RecordedMessage[]): string | undefined {
  const { answer, refusal, words, seen } = message;
  if (answer === 'refused' && (refusal !== 'NotPossible' || !words.endsWith('.')))
    return `was refused with ${refusal}: ${words}`;
  if (answer === 'unanswered' || seen === null) return undefined;
  const possible =
    message.name === 'resolve' ? canResolve(message.input, seen) : canRecord(message.input, seen);
  if (answer === 'accepted') return possible ? undefined : `was accepted in ${seen.state}`;
  // Another decision may have been quicker; a record may come where the list shows the outcome.
  const other = all.some((one) => one !== message && one.seen === seen && one.answer === 'accepted');
  if (message.name === 'recordOutcome' || other) return undefined;
  return possible ? `was refused in ${seen.state}: ${words}` : undefined;
}

function canResolve(input: unknown, { state, attention }: SigningStatus): boolean {
  const { action, sessionId } = input as { action?: unknown; sessionId?: unknown };
  if (state !== 'needs-attention' || !attention?.actions.some((possible) => possible === action))
    return false;
  const namesSession = action === 'adopt' && attention.step === 'initiate';
  return namesSession ? typeof sessionId === 'number' : sessionId === undefined;
}

function canRecord(input: unknown, { state, attention }: SigningStatus): boolean {
  const waiting =
    state.startsWith('awaiting') || (state === 'needs-attention' && attention?.step === 'await-completion');
  return waiting && OUTCOMES.includes((input as { outcome?: unknown } | null)?.outcome);
}
