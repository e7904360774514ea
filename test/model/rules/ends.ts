import { isFinal, type SigningStatus } from '../../../src/domain/status.js';
import type { Played } from '../played.js';
import type { Recorded } from '../recording.js';

const REFUSALS = ['RequestRejected', 'RequestRefused'];

/** A session ends in a final state that is true, or fails clearly while nothing exists at the vendor. */
export function endsAsDocumented({ recording: { events }, vendor }: Played): string | undefined {
  const ends = events.flatMap((event) => (event.type === 'end' ? [event.end] : []));
  const [end] = ends;
  if (end === undefined || ends.length > 1) return `it ended ${ends.length} times`;
  if (end.how === 'broken') return end.why;
  if (end.how === 'result') return untrue(end.status, events, vendor);
  if (!REFUSALS.includes(end.failure)) return `it failed with ${end.failure}: ${end.message}`;
  return vendor.own().length > 0 ? `it failed (${end.message}) while a contract session exists` : undefined;
}

function untrue(
  status: SigningStatus,
  events: readonly Recorded[],
  vendor: Played['vendor'],
): string | undefined {
  const { state, documents, sessionId } = status;
  if (state === 'cancelled')
    return events.some(isCancellation) ? undefined : 'it is cancelled, and nobody wanted that';
  if (state === 'expired') return expiredInVain(status, events);
  if (!isFinal(state)) return `it ended as ${state}`;
  if (events.some((event) => records(event, state))) return undefined;
  const there = vendor.sessions.find(({ id }) => id === sessionId)?.documents ?? [];
  const statuses = documents.map(
    ({ fileId, documentId, status }) =>
      there.find((one) => (one.fileId === fileId || one.id === documentId) && one.status === status)?.status,
  );
  const outcome = outcomeAtVendor(statuses);
  return outcome === state ? undefined : `it is ${state}, and at the vendor ${outcome ?? 'not over'}`;
}

/** An end by the deadline comes after a last look, where something can be signed, and says what stays and what is not known. */
function expiredInVain(
  { documents, deadline, updatedAt, sessionId, attention }: SigningStatus,
  events: readonly Recorded[],
): string | undefined {
  if (Date.parse(updatedAt) < Date.parse(deadline)) return `it expired at ${updatedAt}`;
  if (outcomeAtVendor(documents.map(({ status }) => status ?? undefined)) !== undefined)
    return 'it expired though every document is over';
  const reason = attention?.reason ?? '';
  if (sessionId === null) return undefined;
  if (!reason.includes(`Contract session ${sessionId} stays`)) return 'it does not say what stays';
  const passed = events.findLastIndex((event) => event.type === 'ending' && event.why === 'deadline');
  // A real server does not say when the deadline has reached the session.
  if (passed < 0 || documents.some(({ fileId }) => fileId === null)) return undefined;
  const looks = events.slice(passed).filter((event) => event.type === 'call' && event.call === 'list');
  if (looks.length === 0) return 'it expired without a last look';
  const isSeen = looks.some((event) => event.type === 'call' && event.verdict === 'made');
  return isSeen || reason.includes('is not known') ? undefined : 'it does not say that nothing is known';
}

/** The rule of the outcome in the model's own words. */
function outcomeAtVendor(statuses: readonly (string | undefined)[]): string | undefined {
  const count = (wanted: string): number => statuses.filter((status) => status === wanted).length;
  const [finished, deleted, failed] = [count('FINISHED'), count('DELETED'), count('FAILED')];
  if (finished + deleted + failed < statuses.length) return undefined;
  if (failed > 0) return 'failed';
  return finished > 0 ? 'completed' : 'withdrawn';
}

function isCancellation(event: Recorded): boolean {
  if (event.type !== 'message') return false;
  return event.name === 'cancel' || (event.answer === 'accepted' && said(event.input, 'action') === 'abort');
}

function records(event: Recorded, state: string): boolean {
  return (
    event.type === 'message' &&
    event.name === 'recordOutcome' &&
    event.answer === 'accepted' &&
    said(event.input, 'outcome') === state
  );
}

function said(input: unknown, field: string): unknown {
  return typeof input === 'object' && input !== null ? (input as Record<string, unknown>)[field] : undefined;
}
