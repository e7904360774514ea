import type { SigningStatus } from '../../../src/domain/status.js';
import type { RecordedEvent, RecordedMessage, ScheduleRun } from '../recording.js';

const OUTCOMES: readonly unknown[] = ['completed', 'failed', 'withdrawn'];

/** An update is accepted where the status allows it, and otherwise rejected with a sentence. */
export function answersMessages({ recording: { events } }: ScheduleRun): string | undefined {
  for (const [index, message] of events.entries()) {
    if (message.type !== 'message') continue;
    const violation = verifyMessage(message, events.slice(0, index), events);
    if (violation !== undefined) return `${message.name} ${JSON.stringify(message.input)} ${violation}`;
  }
  return undefined;
}

function verifyMessage(
  message: RecordedMessage,
  earlier: readonly RecordedEvent[],
  all: readonly RecordedEvent[],
): string | undefined {
  const { answer, failureType, text, visibleStatus } = message;
  if (answer === 'rejected' && (failureType !== 'NotPossible' || !text.endsWith('.')))
    return `was rejected with ${failureType}: ${text}`;
  if (answer === 'unanswered' || visibleStatus === null) return undefined;
  if (message.name === 'resolve') {
    const decided = findDecision(message.input, earlier);
    if (decided !== undefined) return verifyRepetition(message, decided);
    // After a reset the run may have lost some of the earlier decisions.
    if (earlier.some(({ type }) => type === 'reset')) return undefined;
  }
  const possible =
    message.name === 'resolve'
      ? canResolve(message.input, visibleStatus)
      : canRecord(message.input, visibleStatus);
  if (answer === 'accepted') return possible ? undefined : `was accepted in ${visibleStatus.state}`;
  // Another decision may have come first; a record may come where the list shows the outcome.
  const other = all.some(
    (one) =>
      one !== message &&
      one.type === 'message' &&
      one.visibleStatus === visibleStatus &&
      one.answer === 'accepted',
  );
  if (message.name === 'recordOutcome' || other) return undefined;
  if (!possible || isRightlyTooEarly(message, earlier)) return undefined;
  return `was rejected in ${visibleStatus.state}: ${text}`;
}

/** The decision that has resolved this attention since the last reset. */
function findDecision(input: unknown, before: readonly RecordedEvent[]): unknown {
  const { attentionId } = (input ?? {}) as { attentionId?: unknown };
  const since = before.slice(before.findLastIndex(({ type }) => type === 'reset') + 1);
  const taken = since.flatMap((event) =>
    event.type === 'message' && event.name === 'resolve' && event.answer === 'accepted' ? [event.input] : [],
  );
  return taken.find((one) => (one as { attentionId?: unknown }).attentionId === attentionId);
}

/** The same decision again is accepted and changes nothing; another one is rejected. */
function verifyRepetition({ input, answer, text }: RecordedMessage, decided: unknown): string | undefined {
  const isSame = JSON.stringify(input) === JSON.stringify(decided);
  if (isSame) return answer === 'accepted' ? undefined : `was rejected the second time: ${text}`;
  return answer === 'rejected'
    ? undefined
    : 'was accepted although another decision has resolved the attention';
}

/** Whether a retry was rightly too early: the initiate was not answered, and the named time has not come. */
function isRightlyTooEarly({ text, at }: RecordedMessage, before: readonly RecordedEvent[]): boolean {
  const [, day, time] = /^Too early .* from (\S+) (\S+) UTC on;/.exec(text) ?? [];
  const last = before.findLast((event) => event.type === 'call' && event.call === 'initiate');
  const isUnanswered = last?.type !== 'call' || !last.hasResponse;
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
