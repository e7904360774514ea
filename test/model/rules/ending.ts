import { type SigningStatus, isFinal } from '../../../src/domain/status.js';
import type { RecordedEvent, ScheduleRun } from '../recording.js';

/** Calls that only read. A running attempt may still make them: the server does not wait for it. */
const READ_CALLS = ['list', 'upload-url'];

/** The only activity after the deadline: the final poll of the documents. */
const FINAL_POLL = 'listDocuments';

/** After a cancellation, abort or deadline the workflow schedules only the final polls of the deadline. After the end no call with an effect begins. */
export function noCallAfterEnd({ recording: { events } }: ScheduleRun): string | undefined {
  let ending: string | undefined;
  let ended = false;
  for (const event of events) {
    if (event.type === 'reset') ending = undefined;
    if (event.type === 'ending') ending = event.why;
    if (event.type === 'end') ended = true;
    const isFinalPoll = event.type === 'activity' && ending === 'deadline' && event.activity === FINAL_POLL;
    if (event.type === 'activity' && ending !== undefined && !isFinalPoll)
      return `${event.activity} was scheduled after the ${ending}`;
    if (event.type === 'call' && ended && !READ_CALLS.includes(event.call))
      return `${event.call} was called after the end`;
  }
  return undefined;
}

const REFUSAL_TYPES = ['RequestRejected', 'RequestRejectedByVendor'];

/**
 * A signing ends in a final state that is true, or is rejected while nothing exists at the vendor. A second start under its id
 * is always rejected.
 */
export function hasDocumentedEnd({ recording: { events }, vendor }: ScheduleRun): string | undefined {
  const ends = events.flatMap((event) => (event.type === 'end' ? [event.end] : []));
  const [end] = ends;
  if (end === undefined || ends.length > 1) return `it ended ${ends.length} times`;
  if (end.how === 'broken') return end.why;
  const isAgain = events.some(({ type }) => type === 'start-again');
  if (isAgain && end.how === 'failed' && end.message.includes('was started before')) return undefined;
  if (end.how === 'result') return verifyResult(end.status, events, vendor);
  if (!REFUSAL_TYPES.includes(end.failure)) return `it failed with ${end.failure}: ${end.message}`;
  return vendor.createdSessions().length > 0
    ? `it failed (${end.message}) while a contract session exists`
    : undefined;
}

function verifyResult(
  status: SigningStatus,
  events: readonly RecordedEvent[],
  vendor: ScheduleRun['vendor'],
): string | undefined {
  const { state, documents, sessionId } = status;
  if (state === 'cancelled')
    return events.some(isCancellation) ? undefined : 'it is cancelled, and nobody has cancelled it';
  if (state === 'expired') return verifyExpiry(status, events);
  if (!isFinal(state)) return `it ended as ${state}`;
  if (events.some((event) => isRecordedOutcome(event, state))) return undefined;
  const vendorDocuments = vendor.sessions.find(({ id }) => id === sessionId)?.documents ?? [];
  // A run after a reset may know of a document only that a person has adopted it.
  const statuses = events.some(({ type }) => type === 'reset')
    ? vendorDocuments.map(({ status: vendorStatus }) => vendorStatus)
    : documents.map(
        ({ fileId, documentId, status: known }) =>
          vendorDocuments.find(
            (one) => (one.fileId === fileId || one.id === documentId) && one.status === known,
          )?.status,
      );
  const outcome = deriveVendorOutcome(statuses);
  return outcome === state ? undefined : `it is ${state}, and at the vendor ${outcome ?? 'not final'}`;
}

/** An end by the deadline follows a final poll, where something can be signed, and says what stays and what is not known. */
function verifyExpiry(
  { documents, deadline, updatedAt, sessionId, attention }: SigningStatus,
  events: readonly RecordedEvent[],
): string | undefined {
  if (Date.parse(updatedAt) < Date.parse(deadline)) return `it expired at ${updatedAt}`;
  if (deriveVendorOutcome(documents.map(({ status }) => status ?? undefined)) !== undefined)
    return 'it expired though every document has a final status';
  const reason = attention?.reason ?? '';
  if (sessionId === null) return undefined;
  if (!reason.includes(`Contract session ${sessionId} stays`)) return 'it does not say what stays';
  const deadlineIndex = events.findLastIndex((event) => event.type === 'ending' && event.why === 'deadline');
  // A real server does not show when the workflow has received the deadline.
  if (deadlineIndex < 0 || documents.some(({ fileId }) => fileId === null)) return undefined;
  const polls = events.slice(deadlineIndex).filter((event) => event.type === 'call' && event.call === 'list');
  if (polls.length === 0) return 'it expired without a final poll';
  const isSeen = polls.some((event) => event.type === 'call' && event.effect === 'made');
  return isSeen || reason.includes('is not known') ? undefined : 'it does not say that nothing is known';
}

/** The rule of the outcome, written again independently of the source. */
function deriveVendorOutcome(statuses: readonly (string | undefined)[]): string | undefined {
  const count = (wanted: string): number => statuses.filter((status) => status === wanted).length;
  const [finished, deleted, failed] = [count('FINISHED'), count('DELETED'), count('FAILED')];
  if (finished + deleted + failed < statuses.length) return undefined;
  if (failed > 0) return 'failed';
  return finished > 0 ? 'completed' : 'withdrawn';
}

function isCancellation(event: RecordedEvent): boolean {
  if (event.type !== 'message') return false;
  return (
    event.name === 'cancel' || (event.answer === 'accepted' && readField(event.input, 'action') === 'abort')
  );
}

function isRecordedOutcome(event: RecordedEvent, state: string): boolean {
  return (
    event.type === 'message' &&
    event.name === 'recordOutcome' &&
    event.answer === 'accepted' &&
    readField(event.input, 'outcome') === state
  );
}

function readField(input: unknown, field: string): unknown {
  return typeof input === 'object' && input !== null ? (input as Record<string, unknown>)[field] : undefined;
}
