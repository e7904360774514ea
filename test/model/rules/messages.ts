import type { SigningStatus } from '../../../src/domain/status.js';
import type { Played } from '../played.js';
import type { Recorded, RecordedMessage } from '../recording.js';

const OUTCOMES: readonly unknown[] = ['completed', 'failed', 'withdrawn'];

/** An update is accepted where the status allows it, else refused with a sentence; never in another way. */
export function messagesAreAnswered({ recording: { events } }: Played): string | undefined {
  for (const [index, message] of events.entries()) {
    if (message.type !== 'message') continue;
    const objection = objectionTo(message, events.slice(0, index), events);
    if (objection !== undefined) return `${message.name} ${JSON.stringify(message.input)} ${objection}`;
  }
  return undefined;
}

function objectionTo(
  message: RecordedMessage,
  before: readonly Recorded[],
  all: readonly Recorded[],
): string | undefined {
  const { answer, refusal, words, seen } = message;
  if (answer === 'refused' && (refusal !== 'NotPossible' || !words.endsWith('.')))
    return `was refused with ${refusal}: ${words}`;
  if (answer === 'unanswered' || seen === null) return undefined;
  if (message.name === 'resolve') {
    const decided = decisionOn(message.input, before);
    if (decided !== undefined) return repeated(message, decided);
    // A run that was started over has taken some of the decisions before, and others not.
    if (before.some(({ type }) => type === 'reset')) return undefined;
  }
  const possible =
    message.name === 'resolve' ? canResolve(message.input, seen) : canRecord(message.input, seen);
  if (answer === 'accepted') return possible ? undefined : `was accepted in ${seen.state}`;
  // Another decision may have been quicker; a record may come where the list shows the outcome.
  const other = all.some(
    (one) => one !== message && one.type === 'message' && one.seen === seen && one.answer === 'accepted',
  );
  if (message.name === 'recordOutcome' || other) return undefined;
  if (!possible || isTooEarly(message, before)) return undefined;
  return `was refused in ${seen.state}: ${words}`;
}

/** The decision that has answered this question, since the session was last started over. */
function decisionOn(input: unknown, before: readonly Recorded[]): unknown {
  const { attentionId } = (input ?? {}) as { attentionId?: unknown };
  const since = before.slice(before.findLastIndex(({ type }) => type === 'reset') + 1);
  const taken = since.flatMap((event) =>
    event.type === 'message' && event.name === 'resolve' && event.answer === 'accepted' ? [event.input] : [],
  );
  return taken.find((one) => (one as { attentionId?: unknown }).attentionId === attentionId);
}

/** The same decision again changes nothing; another one is refused. */
function repeated({ input, answer, words }: RecordedMessage, decided: unknown): string | undefined {
  const isSame = JSON.stringify(input) === JSON.stringify(decided);
  if (isSame) return answer === 'accepted' ? undefined : `was refused the second time: ${words}`;
  return answer === 'refused' ? undefined : 'was accepted on a question that was answered otherwise';
}

/** Whether a retry was rightly put off: nobody answered the initiate, and the time that is said has not come. */
function isTooEarly({ words, at }: RecordedMessage, before: readonly Recorded[]): boolean {
  const [, day, time] = /^Too early .* from (\S+) (\S+) UTC on;/.exec(words) ?? [];
  const last = before.findLast((event) => event.type === 'call' && event.call === 'initiate');
  const isUnanswered = last?.type !== 'call' || !last.answered;
  return isUnanswered && Date.parse(`${day ?? ''}T${time ?? ''}Z`) > at;
}

function canResolve(input: unknown, { state, attention }: SigningStatus): boolean {
  const { attentionId, action, sessionId } = (input ?? {}) as Readonly<Record<string, unknown>>;
  if (state !== 'needs-attention' || !attention?.actions.some((possible) => possible === action))
    return false;
  if (attentionId !== attention.id) return false;
  const namesSession = action === 'adopt' && attention.step === 'initiate';
  return namesSession ? typeof sessionId === 'number' : sessionId === undefined;
}

function canRecord(input: unknown, { state, attention }: SigningStatus): boolean {
  const waiting =
    state.startsWith('awaiting') || (state === 'needs-attention' && attention?.step === 'await-completion');
  return waiting && OUTCOMES.includes((input as { outcome?: unknown } | null)?.outcome);
}
