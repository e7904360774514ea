import type {
  Client,
  WorkflowExecutionDescription,
  WorkflowExecutionInfo,
  WorkflowHandle,
} from '@temporalio/client';
import { FINAL_STATES, OPEN_STATES, type SigningState } from '../domain/status.js';
import { requestId as requestIdRule } from '../domain/text-rules.js';
import { buildWorkflowId } from '../domain/workflow-id.js';
import { decodePayloads } from '../shared/encryption/payload-codec.js';
import { isWorkerTimeout } from '../shared/temporal-errors.js';
import { WORKFLOW_TYPE, searchAttributes } from '../workflows/messages.js';
import { NoWorkerError, NotPossibleError, SigningNotFoundError, mapError } from './errors.js';

export type PendingActivity = NonNullable<WorkflowExecutionDescription['raw']['pendingActivities']>[number];
type ProtoFailure = NonNullable<PendingActivity['lastFailure']>;

/** An activity that waits ends its attempts with this failure; nothing is wrong then. */
const RETRY_LATER_TYPE = 'RetryLater';

/** Why the last attempt of a call that the server retries failed; null if none fails. */
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

/** The message of a failure, decrypted if needed. */
export async function readFailureMessage(client: Client, failure: ProtoFailure): Promise<string> {
  if (failure.timeoutFailureInfo != null) return 'the worker was lost during the attempt';
  const { message, encodedAttributes } = failure;
  if (encodedAttributes == null) return message ?? '';
  const [attributes] = await decodePayloads(client.options.loadedDataConverter, [encodedAttributes]);
  return (attributes as { readonly message?: string } | undefined)?.message ?? '';
}

/**
 * The decoded input of a workflow, from its first event. `undefined` if it runs on another task queue: that belongs to
 * another tenant, whose keys this client may lack.
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

/** The server answers immediately; a worker may have to read the whole history first. */
const SERVER_TIMEOUT_MS = 5_000;
const WORKER_TIMEOUT_MS = 10_000;

/** Every tenant has a task queue; its client sees only the signings of that queue. */
export interface Tenant {
  readonly client: Client;
  readonly taskQueue: string;
}

/** A signing as the server knows it, without any worker. */
export interface SigningDescription {
  readonly handle: WorkflowHandle;
  /** Of the latest run. */
  readonly runId: string;
  readonly isOpen: boolean;
  readonly state: SigningState | null;
  /** Null if the namespace did not know the search attributes at the start. */
  readonly employeeId: string | null;
  readonly pendingActivities: readonly PendingActivity[];
}

/** @throws SigningNotFoundError also for a signing on another task queue, NoServerError, NoAccessError */
export async function describeSigning(
  { client, taskQueue }: Tenant,
  requestId: string,
): Promise<SigningDescription> {
  // No signing has such an id, and the server fails on ids that are too long.
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

/** @throws also NotPossibleError if the signing has ended */
export async function describeOpenSigning(tenant: Tenant, requestId: string): Promise<SigningDescription> {
  const description = await describeSigning(tenant, requestId);
  if (!description.isOpen) throw new NotPossibleError(`The signing ${requestId} has ended already.`);
  return description;
}

/** For calls that a worker must answer. @throws also NoWorkerError, NotPossibleError */
export async function callWorker<Result>(
  tenant: Tenant,
  requestId: string,
  call: () => Promise<Result>,
): Promise<Result> {
  try {
    return await tenant.client.withDeadline(Date.now() + WORKER_TIMEOUT_MS, call);
  } catch (error) {
    if (!isWorkerTimeout(error)) throw mapError(error, requestId);
    // A lost server looks the same from here, so this asks the server once more.
    const { state } = await describeSigning(tenant, requestId);
    throw new NoWorkerError(tenant.taskQueue, state);
  }
}

/** For calls that the server answers without a worker. @throws NoServerError, NoAccessError and the rest of `mapError` */
export async function callServer<Result>(
  client: Client,
  requestId: string,
  call: () => Promise<Result>,
): Promise<Result> {
  return client.withDeadline(Date.now() + SERVER_TIMEOUT_MS, call).catch((error: unknown) => {
    throw mapError(error, requestId);
  });
}

/** The state in the search attributes; null if the namespace did not know them at the start. */
export function readState({
  typedSearchAttributes,
}: Pick<WorkflowExecutionInfo, 'typedSearchAttributes'>): SigningState | null {
  const value = typedSearchAttributes.get(searchAttributes.state);
  return [...OPEN_STATES, ...FINAL_STATES].find((state) => state === value) ?? null;
}

function isRunning(status: WorkflowExecutionInfo['status']['name']): boolean {
  return status === 'RUNNING' || status === 'PAUSED';
}
