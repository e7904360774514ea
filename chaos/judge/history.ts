import type { WorkflowHandle } from '@temporalio/client';
import type { RecordedCalls } from './evidence.js';

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
type Event = NonNullable<History['events']>[number];
type Scheduled = NonNullable<Event['activityTaskScheduledEventAttributes']>;

/** Reads off a history what was called. It knows the names of activities and the arguments of attach, no code of the worker. */
export function readHistory({ events }: Pick<History, 'events'>): RecordedCalls {
  const names = new Map<string, string>();
  const attach: Record<string, number> = {};
  const lost: Record<string, number> = {};
  let initiate = 0;
  for (const event of events ?? []) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled != null) {
      const name = scheduled.activityType?.name ?? '';
      names.set(String(event.eventId), name);
      if (name === 'initiateSession') initiate += 1;
      if (name === 'attachDocument') count(attach, fileIdOf(scheduled));
    }
    const lostCall = scheduledIdOfLost(event);
    if (lostCall !== undefined) count(lost, names.get(lostCall) ?? '');
  }
  return { initiate, attach, lost };
}

/** The event by which the call was scheduled whose attempt timed out without a word from its worker. */
function scheduledIdOfLost(event: Event): string | undefined {
  const timedOut = event.activityTaskTimedOutEventAttributes;
  if (timedOut != null) return String(timedOut.scheduledEventId);
  const started = event.activityTaskStartedEventAttributes;
  return started?.lastFailure?.timeoutFailureInfo == null ? undefined : String(started.scheduledEventId);
}

function fileIdOf({ input }: Scheduled): string {
  const data = input?.payloads?.[1]?.data;
  const file = data == null ? undefined : (JSON.parse(Buffer.from(data).toString()) as { fileId?: string });
  return file?.fileId ?? '';
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
