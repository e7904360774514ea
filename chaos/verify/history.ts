import type { WorkflowHandle } from '@temporalio/client';
import type { RecordedCalls } from './evidence.js';

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
type Event = NonNullable<History['events']>[number];
type ScheduledActivity = NonNullable<Event['activityTaskScheduledEventAttributes']>;

/** Reads the calls from a history. It knows names of activities and the arguments of attach, but no code of the worker. */
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
      if (name === 'attachDocument') increment(attach, readFileId(scheduled));
    }
    const lostEventId = getLostEventId(event);
    if (lostEventId !== undefined) increment(lost, names.get(lostEventId) ?? '');
  }
  return { initiate, attach, lost };
}

/** The event that scheduled a call whose attempt timed out because its worker was gone. */
function getLostEventId(event: Event): string | undefined {
  const timedOut = event.activityTaskTimedOutEventAttributes;
  if (timedOut != null) return String(timedOut.scheduledEventId);
  const started = event.activityTaskStartedEventAttributes;
  return started?.lastFailure?.timeoutFailureInfo == null ? undefined : String(started.scheduledEventId);
}

function readFileId({ input }: ScheduledActivity): string {
  const data = input?.payloads?.[1]?.data;
  const file = data == null ? undefined : (JSON.parse(Buffer.from(data).toString()) as { fileId?: string });
  return file?.fileId ?? '';
}

function increment(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
