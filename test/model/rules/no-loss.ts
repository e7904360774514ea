import type { ScheduleRun } from '../recording.js';
import { getDocumentName } from '../request.js';
import { isHonest } from '../schedule.js';

/** With honest decisions the vendor has exactly the request, once and in order, and the result names it. */
export function losesNothing({ schedule, recording: { events }, vendor }: ScheduleRun): string | undefined {
  if (!isHonest(schedule)) return undefined;
  const own = vendor.createdSessions();
  const [session] = own;
  if (own.length > 1) return `${own.length} contract sessions were created`;
  const names = session?.documents.map(({ name }) => name) ?? [];
  const wanted = names.map((_, index) => getDocumentName(index));
  if (!believesUntrueResponse(schedule) && names.join() !== wanted.join())
    return `attached were ${names.join(', ')}`;
  if ((session?.handOvers ?? 0) > 1) return 'the session was handed over twice';

  const end = events.findLast((event) => event.type === 'end');
  if (end?.type !== 'end' || end.end.how !== 'result') return undefined;
  // A run that ended soon after a reset does not know what the run before it has done.
  if (events.some(({ type }) => type === 'reset')) return undefined;
  if (believesUntrueResponse(schedule)) return undefined;
  const { status } = end.end;
  const asks = status.attention?.step;
  if (session === undefined)
    return status.sessionId === null ? undefined : 'the end names a contract session that does not exist';
  if (status.sessionId === null)
    return asks === 'initiate' ? undefined : 'the end does not name the contract session';
  if (status.sessionId !== session.id) return 'the end names another contract session';
  const known = status.documents.filter((document) => document.status !== null).length;
  if (known === names.length || (asks === 'attach' && known === names.length - 1)) return undefined;
  return `the end names ${known} of ${names.length} attached documents`;
}

/** An untrue answer is believed while the list call seems to be missing. */
function believesUntrueResponse({ faults }: ScheduleRun['schedule']): boolean {
  const isUntrue = faults.attach.some((fault) => fault?.answer === 'empty-success');
  return isUntrue && faults.list.some((fault) => fault?.answer === 'refused' && fault.status === 404);
}
