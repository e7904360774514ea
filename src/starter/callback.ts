import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import type { CallbackStatus } from '../domain/callback-queue.js';
import type { SigningStatus } from '../domain/status.js';
import {
  CALLBACK_MEMO,
  CALLBACKS_WORKFLOW_TYPE,
  callbacksIdOf,
  readDeliveryId,
  workflowIdOf,
} from '../workflows/messages.js';
import { SigningNotFoundError } from './errors.js';
import { messageOf } from './last-failure.js';
import { askServer, type Tenant } from './look-up.js';

/** A session's status and how it fares at this moment. */
export interface StatusWithCallback extends SigningStatus {
  /** The callbacks to its CRM: null where none was tried yet, or none was asked for. */
  readonly callback: CallbackStatus | null;
  /** Why the last attempt failed of a call that is repeated, in one sentence; absent where none fails. */
  readonly lastFailure?: string;
}

/** Adds what the server knows of the callbacks; no worker need run. @throws NoServerError, NoAccessError */
export async function withCallback(
  tenant: Tenant,
  requestId: string,
  status: Promise<SigningStatus & Pick<StatusWithCallback, 'lastFailure'>>,
): Promise<StatusWithCallback> {
  return { ...(await status), callback: await callbackOf(tenant, requestId) };
}

async function callbackOf({ client, taskQueue }: Tenant, requestId: string): Promise<CallbackStatus | null> {
  const handle = client.workflow.getHandle(callbacksIdOf(workflowIdOf(requestId, taskQueue)));
  try {
    const described = await askServer(client, requestId, () => handle.describe());
    if (described.type !== CALLBACKS_WORKFLOW_TYPE || described.taskQueue !== taskQueue) return null;
    return (await failing(client, described)) ?? concluded(described);
  } catch (error) {
    if (error instanceof SigningNotFoundError) return null;
    throw error;
  }
}

/** The last event that was delivered or given up. */
function concluded({ memo }: WorkflowExecutionDescription): CallbackStatus | null {
  return (memo?.[CALLBACK_MEMO] as CallbackStatus | undefined) ?? null;
}

/** The event that is being tried, once an attempt has failed. */
async function failing(
  client: Client,
  { raw }: WorkflowExecutionDescription,
): Promise<CallbackStatus | undefined> {
  for (const { activityId, attempt, lastFailure, nextAttemptScheduleTime } of raw.pendingActivities ?? []) {
    const event = readDeliveryId(activityId ?? '');
    if (event === undefined || lastFailure == null) continue;
    const next = Number(nextAttemptScheduleTime?.seconds ?? 0) * 1000;
    // The server counts the attempt that comes next.
    const waits = next > 0;
    return {
      ...event,
      attempt: (attempt ?? 1) - (waits ? 1 : 0),
      failure: await messageOf(client, lastFailure),
      nextAttemptAt: waits ? new Date(next).toISOString() : null,
    };
  }
  return undefined;
}
