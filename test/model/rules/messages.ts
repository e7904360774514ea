import type { SigningStatus } from '../../../src/domain/status.js';
import type { ScheduleRun, RecordedEvent, RecordedMessage } from '../recording.js';

const OUTCOMES: readonly unknown[] = ['completed', 'failed', 'withdrawn'];

/** An update is accepted where the status allows it, else refused with a sentence; never in another way. */
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
  if (answer === 'refused' && (failureType !== 'NotPossible' || !text.endsWith('.')))
    return `was refused with ${failureType}: ${text}`;
  if (answer === 'unanswered' || visibleStatus === null) return undefined;
  if (message.name === 'resolve') {
    const decided = findDecision(message.input, earlier);
    if (decided !== undefined) return verifyRepetition(message, decided);
    // A run that was started over has taken some of the decisions before, and others not.
    if (earlier.some(({ type }) => type === 'reset')) return undefined;
  }
  const possible =
    message.name === 'resolve'
      ? canResolve(message.input, visibleStatus)
      : canRecord(message.input, visibleStatus);
  if (answer === 'accepted') return possible ? undefined : `was accepted in ${visibleStatus.state}`;
  // Another decision may have been quicker; a record may come where the list shows the outcome.
  const other = all.some(
    (one) =>
      one !== message &&
      one.type === 'message' &&
      one.visibleStatus === visibleStatus &&
      one.answer === 'accepted',
  );
  if (message.name === 'recordOutcome' || other) return undefined;
  if (!possible || isRightlyTooEarly(message, earlier)) return undefined;
  return `was refused in ${visibleStatus.state}: ${text}`;
}

/** The decision that has answered this question, since the session was last started over. */
function findDecision(input: unknown, before: readonly RecordedEvent[]): unknown {
  const { attentionId } = (input ?? {}) as { attentionId?: unknown };
  const since = before.slice(before.findLastIndex(({ type }) => type === 'reset') + 1);
  const taken = since.flatMap((event) =>
    event.type === 'message' && event.name === 'resolve' && event.answer === 'accepted' ? [event.input] : [],
  );
  return taken.find((one) => (one as { attentionId?: unknown }).attentionId === attentionId);
}

/** The same decision again changes nothing; another one is refused. */
function verifyRepetition({ input, answer, text }: RecordedMessage, decided: unknown): string | undefined {
  const isSame = JSON.stringify(input) === JSON.stringify(decided);
  if (isSame) return answer === 'accepted' ? undefined : `was refused the second time: ${text}`;
  return answer === 'refused' ? undefined : 'was accepted on a question that was answered otherwise';
}

/** Whether a retry was rightly put off: nobody answered the initiate, and the time that is said has not come. */
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
