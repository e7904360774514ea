import type { Client, WorkflowExecutionInfo, WorkflowHandle } from '@temporalio/client';
import { FINAL_STATES, OPEN_STATES, type SigningState } from '../domain/status.js';
import { requestId as requestIdRule } from '../domain/text-rules.js';
import { searchAttributes, WORKFLOW_TYPE, workflowIdOf } from '../workflows/messages.js';
import { NotPossibleError, NoWorkerError, SigningNotFoundError } from './errors.js';
import { explained, lacksWorker } from './explained.js';
import type { PendingActivity } from './last-failure.js';

/** The server answers from what it has; a worker may have to read the whole history first. */
const SERVER_ANSWERS_MS = 5_000;
const WORKER_ANSWERS_MS = 10_000;

/** Whose signings a client works on: every tenant has a task queue, and its client sees the sessions of no other one. */
export interface Tenant {
  readonly client: Client;
  readonly taskQueue: string;
}

/** A signing as the server knows it, without any worker. */
export interface KnownSigning {
  readonly handle: WorkflowHandle;
  /** Of its latest run. */
  readonly runId: string;
  readonly open: boolean;
  readonly state: SigningState | null;
  /** Null where the namespace did not know the search attributes at the start. */
  readonly employeeId: string | null;
  readonly pending: readonly PendingActivity[];
}

/** @throws SigningNotFoundError also for a session on another task queue, NoServerError, NoAccessError */
export async function lookUp({ client, taskQueue }: Tenant, requestId: string): Promise<KnownSigning> {
  // No session can have such an id, and the server would fail over one that is too long.
  if (!requestIdRule.test(requestId)) throw new SigningNotFoundError(requestId);
  const handle = client.workflow.getHandle(workflowIdOf(requestId, taskQueue));
  const found = await askServer(client, requestId, () => handle.describe());
  if (found.type !== WORKFLOW_TYPE || found.taskQueue !== taskQueue)
    throw new SigningNotFoundError(requestId);
  const { status, runId, typedSearchAttributes } = found;
  const employeeId = typedSearchAttributes.get(searchAttributes.employeeId) ?? null;
  const pending = found.raw.pendingActivities ?? [];
  return { handle, runId, open: isOpen(status.name), state: stateOf(found), employeeId, pending };
}

/** @throws also NotPossibleError where it has ended */
export async function lookUpOpen(tenant: Tenant, requestId: string): Promise<KnownSigning> {
  const known = await lookUp(tenant, requestId);
  if (!known.open) throw new NotPossibleError(`The signing ${requestId} has ended already.`);
  return known;
}

/** Asks the session itself, which a worker must answer. @throws also NoWorkerError, NotPossibleError */
export async function askSession<Result>(
  tenant: Tenant,
  requestId: string,
  ask: () => Promise<Result>,
): Promise<Result> {
  try {
    return await tenant.client.withDeadline(Date.now() + WORKER_ANSWERS_MS, ask);
  } catch (error) {
    if (!lacksWorker(error)) throw explained(error, requestId);
    // A server that has gone meanwhile looks the same from here: it is asked once more.
    const { state } = await lookUp(tenant, requestId);
    throw new NoWorkerError(tenant.taskQueue, state);
  }
}

/** Asks the server alone. @throws NoServerError, NoAccessError and what `explained` makes of the rest */
export async function askServer<Result>(
  client: Client,
  requestId: string,
  ask: () => Promise<Result>,
): Promise<Result> {
  return client.withDeadline(Date.now() + SERVER_ANSWERS_MS, ask).catch((error: unknown) => {
    throw explained(error, requestId);
  });
}

/** The state in the search attributes: null where the namespace did not know them at the start. */
export function stateOf({
  typedSearchAttributes,
}: Pick<WorkflowExecutionInfo, 'typedSearchAttributes'>): SigningState | null {
  const shown = typedSearchAttributes.get(searchAttributes.state);
  return [...OPEN_STATES, ...FINAL_STATES].find((state) => state === shown) ?? null;
}

export function isOpen(status: WorkflowExecutionInfo['status']['name']): boolean {
  return status === 'RUNNING' || status === 'PAUSED';
}
