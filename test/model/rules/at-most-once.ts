import type { RecordedCall, RecordedEvent, ScheduleRun } from '../recording.js';
import { getDocumentName } from '../request.js';
import type { Call } from '../schedule.js';

/** How long an unanswered call may still take effect. */
const EFFECT_DELAY_MS = 2 * 60_000;

/**
 * After an initiate that may have taken effect, another one follows only a person's `retry`, and after an unanswered one only
 * once it can take effect no more.
 */
export function initiatesOnce({ recording: { events } }: ScheduleRun): string | undefined {
  return findFirstViolation(findCallPairs(events, 'initiate'), ({ before, between, after }) => {
    if (before.effect === 'none') return undefined;
    if (!hasRetry(between)) return `a second initiate after one with the effect ${before.effect}`;
    // After a reset nobody knows when the call was made.
    const pause = after.workflowAt - before.workflowAt;
    const isEarly = pause < EFFECT_DELAY_MS;
    return !before.hasResponse && isEarly && !hasReset(between)
      ? `a second initiate ${pause} ms after an unanswered one`
      : undefined;
  });
}

/** A document is attached again only after the earlier attach is reconciled, and in the request's order. */
export function attachesInOrder({ recording: { events }, schedule }: ScheduleRun): string | undefined {
  const order = Array.from({ length: schedule.documents }, (_, index) => getDocumentName(index));
  // After a reset the documents start again.
  const sinceReset = events.slice(events.findLastIndex(({ type }) => type === 'reset') + 1);
  const attached = sinceReset.flatMap((event) =>
    event.type === 'call' && event.call === 'attach' ? [event] : [],
  );
  const positions = attached.map(({ document }) => order.indexOf(document ?? ''));
  if (positions.some((position, index) => position < 0 || position < (positions[index - 1] ?? 0)))
    return `attached in the order ${positions.map((position) => position + 1).join(', ')}`;
  return findFirstViolation(
    order.flatMap((name) => findCallPairs(events, 'attach', (call) => call.document === name)),
    (pair) =>
      isUnreconciled(pair) &&
      `${pair.before.document ?? ''} was attached again after an attach with the effect ${pair.before.effect}`,
  );
}

/** An expired file is uploaded again, not attached. During a pause it can expire unnoticed: then the vendor refuses it. */
export function attachesUnexpiredFiles({ recording: { events } }: ScheduleRun): string | undefined {
  if (events.some(({ type }) => type === 'operator')) return undefined;
  const expired = events.find(
    (event) => event.type === 'call' && event.keptUntil !== null && event.keptUntil <= event.at,
  );
  return expired?.type === 'call'
    ? `${expired.document ?? ''} was attached after its file had expired`
    : undefined;
}

/** The hand-over follows the last attach, and a second one follows only a reconciled one without effect. */
export function handsOverOnce({ recording: { events } }: ScheduleRun): string | undefined {
  const handedOver = events.findIndex((event) => event.type === 'call' && event.call === 'hand-over');
  const later = handedOver < 0 ? [] : events.slice(handedOver);
  if (!hasReset(events) && later.some((event) => event.type === 'call' && event.call === 'attach'))
    return 'a document was attached after the hand-over';
  return findFirstViolation(
    findCallPairs(events, 'hand-over'),
    (pair) => isUnreconciled(pair) && `a second hand-over after one with the effect ${pair.before.effect}`,
  );
}

/** Two successive calls of one kind, and the events between them. */
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
  return found.slice(1).flatMap(({ event, index }, position) => {
    const before = found[position];
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

/** A person's retry reconciles the call, and so do two polls without the effect. After a success it is never made again. */
function isUnreconciled({ before, between }: CallPair): boolean {
  if (before.effect === 'none') return false;
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

/** Decisions on an attention that was resolved before: they must change nothing. */
function findRepeatedDecisions(events: readonly RecordedEvent[]): ReadonlySet<RecordedEvent> {
  const repeated = new Set<RecordedEvent>();
  let resolved = new Set<unknown>();
  for (const event of events) {
    // After a reset the same attention can be open again.
    if (event.type === 'reset') resolved = new Set();
    if (event.type !== 'message' || event.name !== 'resolve' || event.answer !== 'accepted') continue;
    const { attentionId } = event.input as { attentionId?: unknown };
    if (resolved.has(attentionId)) repeated.add(event);
    resolved.add(attentionId);
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
