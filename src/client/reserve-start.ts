import { WithStartWorkflowOperation, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { type Reservation, tryReserve } from '../domain/start-rate-limit.js';
import { buildStartsWorkflowId } from '../domain/workflow-id.js';
import { isWorkerTimeout } from '../shared/temporal-errors.js';
import {
  type ReservationRequest as WorkflowReservationRequest,
  STARTS_WORKFLOW_TYPE,
  TOO_MANY_STARTS,
  recordStartSignal,
  reserveStartUpdate,
} from '../workflows/messages.js';
import { type Tenant, callServer } from './describe-signing.js';
import { TooManyStartsError, mapError } from './errors.js';
import { listRecentStarts } from './list.js';

/** A worker may have to read the whole history first. */
const WORKER_TIMEOUT_MS = 5_000;

/** A start to be counted against an employee's limit within an hour. */
export interface ReservationRequest {
  readonly employeeId: string;
  readonly requestId: string;
  readonly limit: number;
}

/**
 * Reservations of one employee are sent one after the other: the server accepts only ten concurrent updates of a workflow,
 * and a deferred one looks like a missing worker. Clients of one connection share a queue. A queue's promise says whether
 * a worker answered last.
 */
const queues = new WeakMap<object, Map<string, Promise<boolean>>>();

/**
 * Reserves a start within the employee's limit. The employee's `signingStarts` workflow decides for all clients. A start
 * must not depend on a worker: if none answers, the list of signings decides.
 * @throws TooManyStartsError, NoServerError, NoAccessError
 */
export async function reserveStart(tenant: Tenant, request: ReservationRequest): Promise<void> {
  const { connection } = tenant.client;
  const queue = queues.get(connection) ?? new Map<string, Promise<boolean>>();
  queues.set(connection, queue);
  const { workflowId } = toStartsWorkflow(tenant, request);
  // After one timeout, queued callers skip the worker.
  const previous = queue.get(workflowId) ?? Promise.resolve(true);
  const reservation = previous.then((hasWorker) => hasWorker && reserveByWorkflow(tenant, request));
  const hasWorker = reservation.catch(() => true);
  queue.set(workflowId, hasWorker);
  try {
    if (!(await reservation)) await reserveByList(tenant, request);
  } finally {
    if (queue.get(workflowId) === hasWorker) queue.delete(workflowId);
  }
}

/** Returns whether a worker answered, and so made the reservation. @throws TooManyStartsError */
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

/** The list lags behind, so that concurrent starts may exceed the limit. The signal lets a worker count them later. */
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
