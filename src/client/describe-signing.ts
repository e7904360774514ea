import type {
  Client,
  WorkflowExecutionDescription,
  WorkflowExecutionInfo,
  WorkflowHandle,
} from '@temporalio/client';
import { decodePayloads } from '../shared/encryption/payload-codec.js';

import { FINAL_STATES, OPEN_STATES, type SigningState } from '../domain/status.js';
import { requestId as requestIdRule } from '../domain/text-rules.js';
import { buildWorkflowId } from '../domain/workflow-id.js';
import { searchAttributes, WORKFLOW_TYPE } from '../workflows/messages.js';
import { NotPossibleError, NoWorkerError, SigningNotFoundError } from './errors.js';
import { mapError } from './map-errors.js';
import { isWorkerTimeout } from '../shared/temporal-errors.js';

export type PendingActivity = NonNullable<WorkflowExecutionDescription['raw']['pendingActivities']>[number];
type ProtoFailure = NonNullable<PendingActivity['lastFailure']>;

/** What waits fails like this; nothing is wrong then. */
const RETRY_LATER_TYPE = 'RetryLater';

/** Why the last attempt failed of a call that the server repeats; null where none fails. */
export async function findLastFailure(
  client: Client,
  pending: readonly PendingActivity[],
): Promise<string | null> {
  const failures = pending.flatMap(({ lastFailure }) => lastFailure ?? []);
  const failure = failures.find(
    ({ applicationFailureInfo }) => applicationFailureInfo?.type !== RETRY_LATER_TYPE,
  );
  return failure === undefined ? null : readFailureMessage(client, failure);
}

/** The message of a failure, decrypted where the client has the key. */
export async function readFailureMessage(client: Client, failure: ProtoFailure): Promise<string> {
  if (failure.timeoutFailureInfo != null) return 'the worker was lost during the attempt';
  const { message, encodedAttributes } = failure;
  if (encodedAttributes == null) return message ?? '';
  const [attributes] = await decodePayloads(client.options.loadedDataConverter, [encodedAttributes]);
  return (attributes as { readonly message?: string } | undefined)?.message ?? '';
}

/**
 * The input with which a workflow was started, decoded as the client decodes; from its first event. `undefined` where it
 * runs on another task queue: that is another tenant's, and may be encrypted with keys that this client lacks.
 */
export async function getWorkflowInput({ client, taskQueue }: Tenant, workflowId: string): Promise<unknown> {
  const { namespace, loadedDataConverter } = client.options;
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace,
    execution: { workflowId },
    maximumPageSize: 1,
  });
  const start = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
  if (start?.taskQueue?.name !== taskQueue) return undefined;
  const [first] = await decodePayloads(loadedDataConverter, start.input?.payloads);
  return first;
}

/** The server answers from what it has; a worker may have to read the whole history first. */
const SERVER_TIMEOUT_MS = 5_000;
const WORKER_TIMEOUT_MS = 10_000;

/** Whose signings a client works on: every tenant has a task queue, and its client sees the sessions of no other one. */
export interface Tenant {
  readonly client: Client;
  readonly taskQueue: string;
}

/** A signing as the server knows it, without any worker. */
export interface SigningDescription {
  readonly handle: WorkflowHandle;
  /** Of its latest run. */
  readonly runId: string;
  readonly isOpen: boolean;
  readonly state: SigningState | null;
  /** Null where the namespace did not know the search attributes at the start. */
  readonly employeeId: string | null;
  readonly pendingActivities: readonly PendingActivity[];
}

/** @throws SigningNotFoundError also for a session on another task queue, NoServerError, NoAccessError */
export async function describeSigning(
  { client, taskQueue }: Tenant,
  requestId: string,
): Promise<SigningDescription> {
  // No session can have such an id, and the server would fail over one that is too long.
  if (!requestIdRule.test(requestId)) throw new SigningNotFoundError(requestId);
  const handle = client.workflow.getHandle(buildWorkflowId(requestId, taskQueue));
  const description = await callServer(client, requestId, () => handle.describe());
  if (description.type !== WORKFLOW_TYPE || description.taskQueue !== taskQueue)
    throw new SigningNotFoundError(requestId);
  const { status, runId, typedSearchAttributes } = description;
  const employeeId = typedSearchAttributes.get(searchAttributes.employeeId) ?? null;
  const pendingActivities = description.raw.pendingActivities ?? [];
  return {
    handle,
    runId,
    isOpen: isRunning(status.name),
    state: readState(description),
    employeeId,
    pendingActivities,
  };
}

/** @throws also NotPossibleError where it has ended */
export async function describeOpenSigning(tenant: Tenant, requestId: string): Promise<SigningDescription> {
  const description = await describeSigning(tenant, requestId);
  if (!description.isOpen) throw new NotPossibleError(`The signing ${requestId} has ended already.`);
  return description;
}

/** Asks the session itself, which a worker must answer. @throws also NoWorkerError, NotPossibleError */
export async function callWorker<Result>(
  tenant: Tenant,
  requestId: string,
  call: () => Promise<Result>,
): Promise<Result> {
  try {
    return await tenant.client.withDeadline(Date.now() + WORKER_TIMEOUT_MS, call);
  } catch (error) {
    if (!isWorkerTimeout(error)) throw mapError(error, requestId);
    // A server that has gone meanwhile looks the same from here: it is asked once more.
    const { state } = await describeSigning(tenant, requestId);
    throw new NoWorkerError(tenant.taskQueue, state);
  }
}

/** Asks the server alone. @throws NoServerError, NoAccessError and what `explained` makes of the rest */
export async function callServer<Result>(
  client: Client,
  requestId: string,
  call: () => Promise<Result>,
): Promise<Result> {
  return client.withDeadline(Date.now() + SERVER_TIMEOUT_MS, call).catch((error: unknown) => {
    throw mapError(error, requestId);
  });
}

/** The state in the search attributes: null where the namespace did not know them at the start. */
export function readState({
  typedSearchAttributes,
}: Pick<WorkflowExecutionInfo, 'typedSearchAttributes'>): SigningState | null {
  const value = typedSearchAttributes.get(searchAttributes.state);
  return [...OPEN_STATES, ...FINAL_STATES].find((state) => state === value) ?? null;
}

export function isRunning(status: WorkflowExecutionInfo['status']['name']): boolean {
  return status === 'RUNNING' || status === 'PAUSED';
}
