import { WithStartWorkflowOperation, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { admit, type Place } from '../domain/starts-window.js';
import {
  admitUpdate,
  startedSignal,
  STARTS_WORKFLOW_TYPE,
  startsWorkflowIdOf,
  TOO_MANY_STARTS,
  type StartAsked,
} from '../workflows/messages.js';
import { TooManyStartsError } from './errors.js';
import { explained, lacksWorker } from './explained.js';
import { listRecentStarts } from './list.js';
import { askServer, type Tenant } from './look-up.js';

/** A worker may have to read the whole history first. */
const WORKER_ANSWERS_MS = 5_000;

/** A place in the employee's hour, and how many the hour holds. */
export interface WantedPlace {
  readonly employeeId: string;
  readonly requestId: string;
  readonly limit: number;
}

/**
 * One employee's places are asked for one after the other: the server lets only ten updates of a workflow be under way,
 * and those it puts off would look like a worker that does not answer. Clients of one connection share the turns.
 */
const turns = new WeakMap<object, Map<string, Promise<boolean>>>();

/**
 * Takes the request's place among what its employee may start within an hour. The employee's `signingStarts` decides,
 * over all clients; where no worker answers for it, the list of sessions does, since a start must not depend on a worker.
 * @throws TooManyStartsError, NoServerError, NoAccessError
 */
export async function takePlace(tenant: Tenant, wanted: WantedPlace): Promise<void> {
  const { connection } = tenant.client;
  const last = turns.get(connection) ?? new Map<string, Promise<boolean>>();
  turns.set(connection, last);
  const { workflowId } = startsOf(tenant, wanted);
  // Who has waited in vain for a worker has waited for all behind.
  const before = last.get(workflowId) ?? Promise.resolve(true);
  const turn = before.then((answers) => answers && askWorker(tenant, wanted));
  const answers = turn.catch(() => true);
  last.set(workflowId, answers);
  try {
    if (!(await turn)) await takePlaceByList(tenant, wanted);
  } finally {
    if (last.get(workflowId) === answers) last.delete(workflowId);
  }
}

/** Whether a worker has answered, and so given the place. @throws TooManyStartsError */
async function askWorker(tenant: Tenant, wanted: WantedPlace): Promise<boolean> {
  const { client } = tenant;
  const { requestId, limit } = wanted;
  const startWorkflowOperation = new WithStartWorkflowOperation(STARTS_WORKFLOW_TYPE, {
    ...startsOf(tenant, wanted),
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
  const options = { args: [{ requestId, limit }] as [StartAsked], startWorkflowOperation };
  try {
    await client.withDeadline(Date.now() + WORKER_ANSWERS_MS, () =>
      client.workflow.executeUpdateWithStart(admitUpdate, options),
    );
    return true;
  } catch (error) {
    const freeInMs = refusalIn(error);
    if (freeInMs !== undefined) throw new TooManyStartsError(limit, freeInMs);
    if (!lacksWorker(error)) throw explained(error, requestId);
    return false;
  }
}

function startsOf({ taskQueue }: Tenant, { employeeId }: WantedPlace) {
  return { taskQueue, workflowId: startsWorkflowIdOf(taskQueue, employeeId) };
}

function refusalIn(error: unknown): number | undefined {
  if (!(error instanceof WorkflowUpdateFailedError)) return undefined;
  const { cause } = error;
  if (!(cause instanceof ApplicationFailure) || cause.type !== TOO_MANY_STARTS) return undefined;
  return Number(cause.details?.[0]);
}

/** The list lags behind, so starts at the same moment may pass it; the signal lets a worker know of them later. */
async function takePlaceByList(tenant: Tenant, wanted: WantedPlace): Promise<void> {
  const { client } = tenant;
  const { requestId, employeeId, limit } = wanted;
  const now = Date.now();
  const admission = admit(await listRecentStarts(tenant, employeeId), { requestId, limit }, now);
  if ('freeInMs' in admission) throw new TooManyStartsError(limit, admission.freeInMs);
  const place: Place = { requestId, at: now };
  await askServer(client, requestId, () =>
    client.workflow.signalWithStart(STARTS_WORKFLOW_TYPE, {
      ...startsOf(tenant, wanted),
      signal: startedSignal,
      signalArgs: [place],
    }),
  );
}
