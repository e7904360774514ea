import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import type { CallbackStatus } from '../domain/callbacks.js';
import type { SigningStatus } from '../domain/status.js';
import { buildCallbacksWorkflowId, buildWorkflowId, parseDeliveryId } from '../domain/workflow-id.js';
import { CALLBACKS_WORKFLOW_TYPE, CALLBACK_MEMO } from '../workflows/messages.js';
import { type Tenant, callServer, readFailureMessage } from './describe-signing.js';
import { SigningNotFoundError } from './errors.js';

/** The status of a signing, with the status of its callbacks and failing calls. */
export interface StatusWithCallback extends SigningStatus {
  /** Null before the first attempt of a callback, or if the request has no callback. */
  readonly callback: CallbackStatus | null;
  /** Why the last attempt of a retried call failed, in one sentence; absent if none fails. */
  readonly lastFailure?: string;
}

/** Adds the status of the callbacks. Needs no worker. @throws NoServerError, NoAccessError */
export async function addCallbackStatus(
  tenant: Tenant,
  requestId: string,
  status: Promise<SigningStatus & Pick<StatusWithCallback, 'lastFailure'>>,
): Promise<StatusWithCallback> {
  return { ...(await status), callback: await readCallbackStatus(tenant, requestId) };
}

async function readCallbackStatus(
  { client, taskQueue }: Tenant,
  requestId: string,
): Promise<CallbackStatus | null> {
  const handle = client.workflow.getHandle(buildCallbacksWorkflowId(buildWorkflowId(requestId, taskQueue)));
  try {
    const description = await callServer(client, requestId, () => handle.describe());
    if (description.type !== CALLBACKS_WORKFLOW_TYPE || description.taskQueue !== taskQueue) return null;
    return (await readFailingDelivery(client, description)) ?? readLastDelivery(description);
  } catch (error) {
    if (error instanceof SigningNotFoundError) return null;
    throw error;
  }
}

/** The last event that was delivered or abandoned. */
function readLastDelivery({ memo }: WorkflowExecutionDescription): CallbackStatus | null {
  return (memo?.[CALLBACK_MEMO] as CallbackStatus | undefined) ?? null;
}

/** The event under delivery, once an attempt has failed. */
async function readFailingDelivery(
  client: Client,
  { raw }: WorkflowExecutionDescription,
): Promise<CallbackStatus | undefined> {
  for (const { activityId, attempt, lastFailure, nextAttemptScheduleTime } of raw.pendingActivities ?? []) {
    const event = parseDeliveryId(activityId ?? '');
    if (event === undefined || lastFailure == null) continue;
    const nextAttemptMs = Number(nextAttemptScheduleTime?.seconds ?? 0) * 1000;
    // While a delivery waits for its next attempt, the server counts that one already.
    const isWaiting = nextAttemptMs > 0;
    return {
      ...event,
      attempt: (attempt ?? 1) - (isWaiting ? 1 : 0),
      failure: await readFailureMessage(client, lastFailure),
      nextAttemptAt: isWaiting ? new Date(nextAttemptMs).toISOString() : null,
    };
  }
  return undefined;
}
