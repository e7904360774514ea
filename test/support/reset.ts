import type { Client, WorkflowHandle } from '@temporalio/client';
import { randomUUID } from 'node:crypto';

/** Resets a signing, as the Temporal UI and CLI do, to the moment before its first call of an activity. */
export async function resetBeforeCall(
  activity: string,
  client: Client,
  handle: WorkflowHandle,
): Promise<void> {
  const events = await fetchEvents(handle);
  const scheduled = events.find(
    ({ activityTaskScheduledEventAttributes: call }) => call?.activityType?.name === activity,
  );
  await reset(client, handle, scheduled?.activityTaskScheduledEventAttributes?.workflowTaskCompletedEventId);
}

/** Resets a signing to the moment before the first decision; the server then applies the decision again. */
export async function resetBeforeDecision(client: Client, handle: WorkflowHandle): Promise<void> {
  const events = await fetchEvents(handle);
  const decided = events.findIndex(({ workflowExecutionUpdateAcceptedEventAttributes: it }) => it != null);
  const task = events
    .slice(0, decided)
    .findLast(({ workflowTaskCompletedEventAttributes: completed }) => completed != null);
  await reset(client, handle, task?.eventId);
}

type EventId = NonNullable<Awaited<ReturnType<typeof fetchEvents>>[number]['eventId']>;

async function fetchEvents(handle: WorkflowHandle) {
  return (await handle.fetchHistory()).events ?? [];
}

async function reset(client: Client, handle: WorkflowHandle, eventId?: EventId | null): Promise<void> {
  if (eventId == null) throw new Error('the history has no such moment');
  const { runId } = await handle.describe();
  await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId: handle.workflowId, runId },
    workflowTaskFinishEventId: eventId,
    requestId: randomUUID(),
    reason: 'a test',
  });
}
