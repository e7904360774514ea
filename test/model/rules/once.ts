import type { Played } from '../played.js';
import type { Recorded, RecordedCall } from '../recording.js';
import { documentName } from '../request.js';
import type { Call } from '../schedule.js';

/** So long a call that nobody answered may still have its effect. */
const TAKES_EFFECT_WITHIN_MS = 2 * 60_000;

/**
 * After an initiate that may have had its effect, another one follows only a human's `retry`, and where nobody answered it
 * no sooner than it can have its effect.
 */
export function initiatesOnce({ recording: { events } }: Played): string | undefined {
  return firstOf(pairsOf(events, 'initiate'), ({ before, between, after }) => {
    if (before.verdict === 'surely-not') return undefined;
    if (!hasRetry(between)) return `a second initiate after one that was ${before.verdict}`;
    // Where the session was started over nobody knows when the call was made.
    const pause = after.workflowAt - before.workflowAt;
    const isEarly = pause < TAKES_EFFECT_WITHIN_MS;
    return !before.answered && isEarly && !hasReset(between)
      ? `a second initiate ${pause} ms after one that nobody answered`
      : undefined;
  });
}

/** Another attach of a document follows one that may have had its effect only where that is settled. */
export function attachesInOrder({ recording: { events }, schedule }: Played): string | undefined {
  const order = Array.from({ length: schedule.documents }, (_, index) => documentName(index));
  // After a reset the documents have their turn again.
  const sinceReset = events.slice(events.findLastIndex(({ type }) => type === 'reset') + 1);
  const attached = sinceReset.flatMap((event) =>
    event.type === 'call' && event.call === 'attach' ? [event] : [],
  );
  const places = attached.map(({ document }) => order.indexOf(document ?? ''));
  if (places.some((place, index) => place < 0 || place < (places[index - 1] ?? 0)))
    return `attached in the order ${places.map((place) => place + 1).join(', ')}`;
  return firstOf(
    order.flatMap((name) => pairsOf(events, 'attach', (call) => call.document === name)),
    (pair) =>
      unsettled(pair) &&
      `${pair.before.document ?? ''} was attached again after an attach that was ${pair.before.verdict}`,
  );
}

/** A file that the vendor has said to keep no longer is uploaded again, not attached. */
export function attachesLivingFiles({ recording: { events } }: Played): string | undefined {
  const dead = events.find(
    (event) => event.type === 'call' && event.keptUntil !== null && event.keptUntil <= event.at,
  );
  return dead?.type === 'call' ? `${dead.document ?? ''} was attached when its file was gone` : undefined;
}

/** The hand-over comes after the last attach, and again only where it is settled that it did not happen. */
export function handsOverOnce({ recording: { events } }: Played): string | undefined {
  const handedOver = events.findIndex((event) => event.type === 'call' && event.call === 'hand-over');
  const later = handedOver < 0 ? [] : events.slice(handedOver);
  if (!hasReset(events) && later.some((event) => event.type === 'call' && event.call === 'attach'))
    return 'a document was attached after the hand-over';
  return firstOf(
    pairsOf(events, 'hand-over'),
    (pair) => unsettled(pair) && `a second hand-over after one that was ${pair.before.verdict}`,
  );
}

/** Two calls of the same kind in a row, and what lies between them. */
interface Pair {
  readonly before: RecordedCall;
  readonly between: readonly Recorded[];
  readonly after: RecordedCall;
}

function pairsOf(
  events: readonly Recorded[],
  call: Call,
  isMeant: (call: RecordedCall) => boolean = () => true,
): Pair[] {
  const repeated = repeatedDecisions(events);
  const found = events.flatMap((event, index) =>
    event.type === 'call' && event.call === call && isMeant(event) ? [{ event, index }] : [],
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
function unsettled({ before, between }: Pair): boolean {
  if (before.verdict === 'surely-not') return false;
  if (hasRetry(between)) return false;
  if (before.verdict === 'made' && !hasReset(between)) return true;
  const looks = between.filter(
    (event) =>
      event.type === 'call' &&
      event.call === 'list' &&
      event.listed !== null &&
      !event.listed.includes(before.fileId ?? ''),
  );
  return looks.length < 2;
}

/** Decisions on a question that was answered before: they must change nothing. */
function repeatedDecisions(events: readonly Recorded[]): ReadonlySet<Recorded> {
  const repeated = new Set<Recorded>();
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

function hasRetry(events: readonly Recorded[]): boolean {
  return events.some(
    (event) =>
      event.type === 'message' &&
      event.name === 'resolve' &&
      event.answer === 'accepted' &&
      (event.input as { action?: unknown }).action === 'retry',
  );
}

function hasReset(events: readonly Recorded[]): boolean {
  return events.some(({ type }) => type === 'reset');
}

function firstOf<Item>(
  items: readonly Item[],
  objection: (item: Item) => string | false | undefined,
): string | undefined {
  for (const item of items) {
    const found = objection(item);
    if (typeof found === 'string') return found;
  }
  return undefined;
}
