import { WithStartWorkflowOperation, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { tryReserve, type Reservation } from '../domain/start-rate-limit.js';
import {
  reserveStartUpdate,
  recordStartSignal,
  STARTS_WORKFLOW_TYPE,
  TOO_MANY_STARTS,
  type ReservationRequest as WorkflowReservationRequest,
} from '../workflows/messages.js';
import { buildStartsWorkflowId } from '../domain/workflow-id.js';
import { TooManyStartsError } from './errors.js';
import { mapError } from './map-errors.js';
import { isWorkerTimeout } from '../shared/temporal-errors.js';
import { listRecentStarts } from './list.js';
import { callServer, type Tenant } from './describe-signing.js';

/** A worker may have to read the whole history first. */
const WORKER_TIMEOUT_MS = 5_000;

/** A place in the employee's hour, and how many the hour holds. */
export interface ReservationRequest {
  readonly employeeId: string;
  readonly requestId: string;
  readonly limit: number;
}

/**
 * One employee's places are asked for one after the other: the server lets only ten updates of a workflow be under way,
 * and those it puts off would look like a worker that does not answer. Clients of one connection share the turns.
 */
const queues = new WeakMap<object, Map<string, Promise<boolean>>>();

/**
 * Takes the request's place among what its employee may start within an hour. The employee's `signingStarts` decides,
 * over all clients; where no worker answers for it, the list of sessions does, since a start must not depend on a worker.
 * @throws TooManyStartsError, NoServerError, NoAccessError
 */
export async function reserveStart(tenant: Tenant, request: ReservationRequest): Promise<void> {
  const { connection } = tenant.client;
  const queue = queues.get(connection) ?? new Map<string, Promise<boolean>>();
  queues.set(connection, queue);
  const { workflowId } = toStartsWorkflow(tenant, request);
  // Who has waited in vain for a worker has waited for all behind.
  const previous = queue.get(workflowId) ?? Promise.resolve(true);
  const reservation = previous.then((answers) => answers && reserveByWorkflow(tenant, request));
  const answers = reservation.catch(() => true);
  queue.set(workflowId, answers);
  try {
    if (!(await reservation)) await reserveByList(tenant, request);
  } finally {
    if (queue.get(workflowId) === answers) queue.delete(workflowId);
  }
}

/** Whether a worker has answered, and so given the place. @throws TooManyStartsError */
async function reserveByWorkflow(tenant: Tenant, request: ReservationRequest): Promise<boolean> {
  const { client } = tenant;
  const { requestId, limit } = request;
  const startWorkflowOperation = new WithStartWorkflowOperation(STARTS_WORKFLOW_TYPE, {
    ...toStartsWorkflow(tenant, request),
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
  const options = { args: [{ requestId, limit }] as [WorkflowReservationRequest], startWorkflowOperation };
  try {
    await client.withDeadline(Date.now() + WORKER_TIMEOUT_MS, () =>
      client.workflow.executeUpdateWithStart(reserveStartUpdate, options),
    );
    return true;
  } catch (error) {
    const retryAfterMs = readRetryAfterMs(error);
    if (retryAfterMs !== undefined) throw new TooManyStartsError(limit, retryAfterMs);
    if (!isWorkerTimeout(error)) throw mapError(error, requestId);
    return false;
  }
}

function toStartsWorkflow({ taskQueue }: Tenant, { employeeId }: ReservationRequest) {
  return { taskQueue, workflowId: buildStartsWorkflowId(taskQueue, employeeId) };
}

function readRetryAfterMs(error: unknown): number | undefined {
  if (!(error instanceof WorkflowUpdateFailedError)) return undefined;
  const { cause } = error;
  if (!(cause instanceof ApplicationFailure) || cause.type !== TOO_MANY_STARTS) return undefined;
  return Number(cause.details?.[0]);
}

/** The list lags behind, so starts at the same moment may pass it; the signal lets a worker know of them later. */
async function reserveByList(tenant: Tenant, request: ReservationRequest): Promise<void> {
  const { client } = tenant;
  const { requestId, employeeId, limit } = request;
  const now = Date.now();
  const admission = tryReserve(await listRecentStarts(tenant, employeeId), { requestId, limit }, now);
  if ('retryAfterMs' in admission) throw new TooManyStartsError(limit, admission.retryAfterMs);
  const reservation: Reservation = { requestId, at: now };
  await callServer(client, requestId, () =>
    client.workflow.signalWithStart(STARTS_WORKFLOW_TYPE, {
      ...toStartsWorkflow(tenant, request),
      signal: recordStartSignal,
      signalArgs: [reservation],
    }),
  );
}
