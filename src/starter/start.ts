import {
  WorkflowClient,
  WorkflowExecutionAlreadyStartedError,
  type Client,
  type WorkflowClientInterceptor,
} from '@temporalio/client';
import { TypedSearchAttributes, type SearchAttributePair } from '@temporalio/common';
import { readRequest } from '../domain/read-request.js';
import type { SigningRequest } from '../domain/request.js';
import { searchAttributes, WORKFLOW_TYPE, workflowIdOf } from '../workflows/messages.js';
import { withUsedIdsRefused } from '../workflows/start-mark.js';
import type { StartedSigning } from './client.js';
import { InvalidRequestError, NoServerError, RequestConflictError, SigningNotFoundError } from './errors.js';
import { lacksSearchAttributes } from './explained.js';
import { firstInput } from './first-input.js';
import { askServer, lookUp } from './look-up.js';
import { takePlace } from './take-place.js';

export interface StartOptions {
  readonly taskQueue: string;
  readonly startsPerHour?: number;
}

/** Starts a signing, once. Needs no worker: the server keeps it until there is one. */
export async function startSigning(
  client: Client,
  { taskQueue, startsPerHour }: StartOptions,
  input: unknown,
): Promise<StartedSigning> {
  const { request, problems } = readRequest(input);
  if (problems.length > 0) throw new InvalidRequestError(problems);
  const { requestId, employeeId } = request;
  try {
    if (startsPerHour !== undefined) {
      if (await isKnown(client, requestId))
        return await askServer(client, requestId, () => startedBefore(client, request));
      await takePlace(client, { taskQueue, employeeId, requestId, limit: startsPerHour });
    }
    return await askServer(client, requestId, () => startOnce(client, taskQueue, input, request));
  } catch (error) {
    if (!(error instanceof NoServerError)) throw error;
    const advice = 'Start it again later: a request that did arrive is not started a second time.';
    throw new NoServerError(`${error.message}. ${advice}`);
  }
}

/** Asked before a place is taken: the repetition of a request, or a conflict with one, costs none. */
async function isKnown(client: Client, requestId: string): Promise<boolean> {
  try {
    await lookUp(client, requestId);
    return true;
  } catch (error) {
    if (error instanceof SigningNotFoundError) return false;
    throw error;
  }
}

async function startOnce(
  client: Client,
  taskQueue: string,
  input: unknown,
  request: SigningRequest,
): Promise<StartedSigning> {
  const { requestId } = request;
  try {
    await startWorkflow(client, taskQueue, input, request);
    return { requestId, workflowId: workflowIdOf(requestId), created: true };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return startedBefore(client, request);
  }
}

/** What a start gives whose requestId is in use. @throws RequestConflictError where that is for another content */
async function startedBefore(client: Client, request: SigningRequest): Promise<StartedSigning> {
  const { requestId } = request;
  const workflowId = workflowIdOf(requestId);
  const { request: before } = readRequest(await firstInput(client, workflowId));
  if (JSON.stringify(before) !== JSON.stringify(request)) throw new RequestConflictError(requestId);
  return { requestId, workflowId, created: false };
}

async function startWorkflow(
  client: Client,
  taskQueue: string,
  input: unknown,
  request: SigningRequest,
): Promise<void> {
  const start = (attributes: SearchAttributePair[]): Promise<unknown> =>
    saying(client).start(WORKFLOW_TYPE, {
      taskQueue,
      workflowId: workflowIdOf(request.requestId),
      args: [input],
      // An id is used once: a closed session is not started over, it may have been sent.
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      staticSummary: `${request.name} (${request.method})`,
      typedSearchAttributes: new TypedSearchAttributes(attributes),
    });
  try {
    await start(attributesOf(request));
  } catch (error) {
    if (!lacksSearchAttributes(error)) throw error;
    // No worker has ever run here. The workflow brings the attributes itself, once one has registered them.
    await start([]);
  }
}

/**
 * The client whose starts say that the server refuses used ids. One with interceptors of the SDK's old form says nothing,
 * and the worker looks for itself.
 */
function saying({ workflow }: Client): WorkflowClient {
  const { connection, options } = workflow;
  const { interceptors, loadedDataConverter } = options;
  if (!Array.isArray(interceptors)) return workflow;
  const say: WorkflowClientInterceptor = {
    startWithDetails: (input, next) => next({ ...input, headers: withUsedIdsRefused(input.headers) }),
  };
  return new WorkflowClient({
    ...options,
    connection,
    dataConverter: loadedDataConverter,
    interceptors: [...interceptors, say],
  });
}

/** Given at the start they cost no event of their own. The deadline is the workflow's to compute. */
function attributesOf(request: SigningRequest): SearchAttributePair[] {
  const { state, method, employeeId, crmRecord } = searchAttributes;
  return [
    { key: state, value: 'checking-documents' },
    { key: method, value: request.method },
    { key: employeeId, value: request.employeeId },
    ...(request.crmRecord === undefined ? [] : [{ key: crmRecord, value: request.crmRecord }]),
  ];
}
