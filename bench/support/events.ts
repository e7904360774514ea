import { LOCAL_ACTIVITY_MARKER } from '../../src/audit/decode-history.js';
import { DEFAULT_TASK_QUEUE, buildWorkflowId } from '../../src/domain/workflow-id.js';
import type { BenchEnvironment } from './environment.js';

type History = Awaited<
  ReturnType<ReturnType<BenchEnvironment['client']['workflow']['getHandle']>['fetchHistory']>
>;
export type Event = NonNullable<History['events']>[number];

async function fetchEvents({ client }: BenchEnvironment, workflowId: string): Promise<readonly Event[]> {
  return (await client.workflow.getHandle(workflowId).fetchHistory()).events ?? [];
}

export function fetchSigningEvents(
  environment: BenchEnvironment,
  requestId: string,
): Promise<readonly Event[]> {
  return fetchEvents(environment, buildWorkflowId(requestId, DEFAULT_TASK_QUEUE));
}

/** The activities that the workflow has scheduled, local ones included. */
export function countActivities(events: readonly Event[]): number {
  return events.filter(
    ({ activityTaskScheduledEventAttributes: asked, markerRecordedEventAttributes: marker }) =>
      asked != null || marker?.markerName === LOCAL_ACTIVITY_MARKER,
  ).length;
}

/** Changes of the search attributes after the start. */
export function countAttributeUpdates(events: readonly Event[]): number {
  return events.filter((event) => event.upsertWorkflowSearchAttributesEventAttributes != null).length;
}

/**
 * The actions that Temporal Cloud bills for a history: the start, every activity, timer, signal, update, marker and change
 * of search attributes. It also bills heartbeats and further attempts, which a history does not contain; an initiate always
 * has one heartbeat, which is counted.
 * Source: docs.temporal.io, "Actions".
 */
export function countActions(events: readonly Event[]): number {
  const heartbeats = events.filter(
    ({ activityTaskScheduledEventAttributes: asked }) => asked?.activityType?.name === 'initiateSession',
  );
  const inHistory = events.filter(
    (event) =>
      event.workflowExecutionStartedEventAttributes != null ||
      event.activityTaskScheduledEventAttributes != null ||
      event.timerStartedEventAttributes != null ||
      event.workflowExecutionSignaledEventAttributes != null ||
      event.workflowExecutionUpdateAcceptedEventAttributes != null ||
      event.markerRecordedEventAttributes != null ||
      event.upsertWorkflowSearchAttributesEventAttributes != null,
  );
  return inHistory.length + heartbeats.length;
}

/** Milliseconds since 1970 by the server's clock. */
export function toMilliseconds({ eventTime }: Event): number {
  return Number(eventTime?.seconds ?? 0) * 1000 + (eventTime?.nanos ?? 0) / 1e6;
}
