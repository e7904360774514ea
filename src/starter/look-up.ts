import type { Client, WorkflowExecutionInfo, WorkflowHandle } from '@temporalio/client';
import { FINAL_STATES, OPEN_STATES, type SigningState } from '../domain/status.js';
import { searchAttributes, WORKFLOW_TYPE, workflowIdOf } from '../workflows/messages.js';
import { NotPossibleError, NoWorkerError, SigningNotFoundError } from './errors.js';
import { explained, lacksWorker } from './explained.js';
import type { PendingActivity } from './last-failure.js';

/** The server answers from what it has; a worker may have to read the whole history first. */
const SERVER_ANSWERS_MS = 5_000;
const WORKER_ANSWERS_MS = 10_000;

/** A signing as the server knows it, without any worker. */
export interface KnownSigning {
  readonly handle: WorkflowHandle;
  /** Of its latest run. */
  readonly runId: string;
  readonly open: boolean;
  readonly taskQueue: string;
  readonly state: SigningState | null;
  /** Null where the namespace did not know the search attributes at the start. */
  readonly employeeId: string | null;
  readonly pending: readonly PendingActivity[];
}

/** @throws SigningNotFoundError, NoServerError, NoAccessError */
export async function lookUp(client: Client, requestId: string): Promise<KnownSigning> {
  const handle = client.workflow.getHandle(workflowIdOf(requestId));
  const found = await askServer(client, requestId, () => handle.describe());
  if (found.type !== WORKFLOW_TYPE) throw new SigningNotFoundError(requestId);
  const { status, taskQueue, runId, typedSearchAttributes } = found;
  const employeeId = typedSearchAttributes.get(searchAttributes.employeeId) ?? null;
  const pending = found.raw.pendingActivities ?? [];
  return { handle, runId, open: isOpen(status.name), taskQueue, state: stateOf(found), employeeId, pending };
}

/** @throws also NotPossibleError where it has ended */
export async function lookUpOpen(client: Client, requestId: string): Promise<KnownSigning> {
  const known = await lookUp(client, requestId);
  if (!known.open) throw new NotPossibleError(`The signing ${requestId} has ended already.`);
  return known;
}

/** Asks the session itself, which a worker must answer. @throws also NoWorkerError, NotPossibleError */
export async function askSession<Result>(
  client: Client,
  requestId: string,
  ask: () => Promise<Result>,
): Promise<Result> {
  try {
    return await client.withDeadline(Date.now() + WORKER_ANSWERS_MS, ask);
  } catch (error) {
    if (!lacksWorker(error)) throw explained(error, requestId);
    // A server that has gone meanwhile looks the same from here: it is asked once more.
    const { taskQueue, state } = await lookUp(client, requestId);
    throw new NoWorkerError(taskQueue, state);
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
