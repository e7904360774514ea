import type { ScheduleRun, RecordedEvent, RecordedCall } from '../recording.js';

import { getDocumentName } from '../request.js';
import type { Call } from '../schedule.js';

/** So long a call that nobody answered may still have its effect. */
const EFFECT_DELAY_MS = 2 * 60_000;

/**
 * After an initiate that may have had its effect, another one follows only a human's `retry`, and where nobody answered it
 * no sooner than it can have its effect.
 */
export function initiatesOnce({ recording: { events } }: ScheduleRun): string | undefined {
  return findFirstViolation(findCallPairs(events, 'initiate'), ({ before, between, after }) => {
    if (before.effect === 'surely-not') return undefined;
    if (!hasRetry(between)) return `a second initiate after one that was ${before.effect}`;
    // Where the session was started over nobody knows when the call was made.
    const pause = after.workflowAt - before.workflowAt;
    const isEarly = pause < EFFECT_DELAY_MS;
    return !before.hasResponse && isEarly && !hasReset(between)
      ? `a second initiate ${pause} ms after one that nobody answered`
      : undefined;
  });
}

/** Another attach of a document follows one that may have had its effect only where that is settled. */
export function attachesInOrder({ recording: { events }, schedule }: ScheduleRun): string | undefined {
  const order = Array.from({ length: schedule.documents }, (_, index) => getDocumentName(index));
  // After a reset the documents have their turn again.
  const sinceReset = events.slice(events.findLastIndex(({ type }) => type === 'reset') + 1);
  const attached = sinceReset.flatMap((event) =>
    event.type === 'call' && event.call === 'attach' ? [event] : [],
  );
  const places = attached.map(({ document }) => order.indexOf(document ?? ''));
  if (places.some((place, index) => place < 0 || place < (places[index - 1] ?? 0)))
    return `attached in the order ${places.map((place) => place + 1).join(', ')}`;
  return findFirstViolation(
    order.flatMap((name) => findCallPairs(events, 'attach', (call) => call.document === name)),
    (pair) =>
      isUnreconciled(pair) &&
      `${pair.before.document ?? ''} was attached again after an attach that was ${pair.before.effect}`,
  );
}

/** A file that the vendor has said to keep no longer is uploaded again, not attached. */
export function attachesUnexpiredFiles({ recording: { events } }: ScheduleRun): string | undefined {
  const expired = events.find(
    (event) => event.type === 'call' && event.keptUntil !== null && event.keptUntil <= event.at,
  );
  return expired?.type === 'call'
    ? `${expired.document ?? ''} was attached when its file was gone`
    : undefined;
}

/** The hand-over comes after the last attach, and again only where it is settled that it did not happen. */
export function handsOverOnce({ recording: { events } }: ScheduleRun): string | undefined {
  const handedOver = events.findIndex((event) => event.type === 'call' && event.call === 'hand-over');
  const later = handedOver < 0 ? [] : events.slice(handedOver);
  if (!hasReset(events) && later.some((event) => event.type === 'call' && event.call === 'attach'))
    return 'a document was attached after the hand-over';
  return findFirstViolation(
    findCallPairs(events, 'hand-over'),
    (pair) => isUnreconciled(pair) && `a second hand-over after one that was ${pair.before.effect}`,
  );
}

/** Two calls of the same kind in a row, and what lies between them. */
interface CallPair {
  readonly before: RecordedCall;
  readonly between: readonly RecordedEvent[];
  readonly after: RecordedCall;
}

function findCallPairs(
  events: readonly RecordedEvent[],
  call: Call,
  isRelevant: (call: RecordedCall) => boolean = () => true,
): CallPair[] {
  const repeated = findRepeatedDecisions(events);
  const found = events.flatMap((event, index) =>
    event.type === 'call' && event.call === call && isRelevant(event) ? [{ event, index }] : [],
  );
  return found.slice(1).flatMap(({ event, index }, place) => {
    const before = found[place];
    return before === undefined
      ? []
      : [
          {
            before: before.event,
            between: events.slice(before.index + 1, index).filter((one) => !repeated.has(one)),
            after: event,
          },
        ];
  });
}

/** A human's retry settles it, and so do two looks that both lack the effect; an answer that says yes is the end of it. */
function isUnreconciled({ before, between }: CallPair): boolean {
  if (before.effect === 'surely-not') return false;
  if (hasRetry(between)) return false;
  if (before.effect === 'made' && !hasReset(between)) return true;
  const polls = between.filter(
    (event) =>
      event.type === 'call' &&
      event.call === 'list' &&
      event.listed !== null &&
      !event.listed.includes(before.fileId ?? ''),
  );
  return polls.length < 2;
}

/** Decisions on a question that was answered before: they must change nothing. */
function findRepeatedDecisions(events: readonly RecordedEvent[]): ReadonlySet<RecordedEvent> {
  const repeated = new Set<RecordedEvent>();
  let answered = new Set<unknown>();
  for (const event of events) {
    // A run that is started over asks again what it asked after that moment.
    if (event.type === 'reset') answered = new Set();
    if (event.type !== 'message' || event.name !== 'resolve' || event.answer !== 'accepted') continue;
    const { attentionId } = event.input as { attentionId?: unknown };
    if (answered.has(attentionId)) repeated.add(event);
    answered.add(attentionId);
  }
  return repeated;
}

function hasRetry(events: readonly RecordedEvent[]): boolean {
  return events.some(
    (event) =>
      event.type === 'message' &&
      event.name === 'resolve' &&
      event.answer === 'accepted' &&
      (event.input as { action?: unknown }).action === 'retry',
  );
}

function hasReset(events: readonly RecordedEvent[]): boolean {
  return events.some(({ type }) => type === 'reset');
}

function findFirstViolation<Item>(
  items: readonly Item[],
  verify: (item: Item) => string | false | undefined,
): string | undefined {
  for (const item of items) {
    const found = verify(item);
    if (typeof found === 'string') return found;
  }
  return undefined;
}
