import {
  WorkflowClient,
  WorkflowExecutionAlreadyStartedError,
  type Client,
  type WorkflowClientInterceptor,
} from '@temporalio/client';
import { TypedSearchAttributes, type SearchAttributePair } from '@temporalio/common';
import { parseRequest, type ParsedRequest } from '../domain/parse-request.js';
import type { SigningRequest } from '../domain/request.js';
import { searchAttributes, WORKFLOW_TYPE, buildWorkflowId } from '../workflows/messages.js';
import { withUsedIdsRefused } from '../workflows/start-mark.js';
import type { StartedSigning } from './signing-client.js';
import { InvalidRequestError, RequestConflictError, SigningNotFoundError } from './errors.js';
import { NoServerError, isMissingSearchAttribute } from '../shared/temporal-errors.js';
import { getWorkflowInput, callServer, describeSigning, type Tenant } from './describe-signing.js';

import { reserveStart } from './reserve-start.js';

export interface StartOptions {
  readonly startsPerHour?: number;
}

/** Starts a signing, once. Needs no worker: the server keeps it until there is one. */
export async function startSigning(
  tenant: Tenant,
  { startsPerHour }: StartOptions,
  input: unknown,
  { request, problems }: ParsedRequest = parseRequest(input),
): Promise<StartedSigning> {
  if (problems.length > 0) throw new InvalidRequestError(problems);
  const { requestId, employeeId } = request;
  const { client } = tenant;
  try {
    if (startsPerHour !== undefined) {
      if (await isExemptFromLimit(tenant, request))
        return await callServer(client, requestId, () => getExistingStart(tenant, request));
      await reserveStart(tenant, { employeeId, requestId, limit: startsPerHour });
    }
    return await callServer(client, requestId, () => startOnce(tenant, input, request));
  } catch (error) {
    if (!(error instanceof NoServerError)) throw error;
    const advice = 'Start it again later: a request that did arrive is not started a second time.';
    throw new NoServerError(`${error.message}. ${advice}`);
  }
}

/**
 * Asked before a place is taken: the repetition of a request, or a conflict with an own one, costs none. A conflict with
 * another employee's does, as a new request would: nobody finds out at will which requestIds are in use.
 */
async function isExemptFromLimit(
  tenant: Tenant,
  { requestId, employeeId }: SigningRequest,
): Promise<boolean> {
  try {
    const { employeeId: owner } = await describeSigning(tenant, requestId);
    return owner === null || owner === employeeId;
  } catch (error) {
    if (error instanceof SigningNotFoundError) return false;
    throw error;
  }
}

async function startOnce(tenant: Tenant, input: unknown, request: SigningRequest): Promise<StartedSigning> {
  const { requestId } = request;
  try {
    const workflowId = await startWorkflow(tenant, input, request);
    return { requestId, workflowId, created: true };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return getExistingStart(tenant, request);
  }
}

/** What a start gives whose requestId is in use. @throws RequestConflictError where that is for another content */
async function getExistingStart(tenant: Tenant, request: SigningRequest): Promise<StartedSigning> {
  const { requestId } = request;
  const workflowId = buildWorkflowId(requestId, tenant.taskQueue);
  const { request: existing } = parseRequest(await getWorkflowInput(tenant, workflowId));
  if (JSON.stringify(existing) !== JSON.stringify(request))
    throw new RequestConflictError(requestId, existing.employeeId !== request.employeeId);
  return { requestId, workflowId, created: false };
}

/** Returns the workflow's id. */
async function startWorkflow(
  { client, taskQueue }: Tenant,
  input: unknown,
  request: SigningRequest,
): Promise<string> {
  const workflowId = buildWorkflowId(request.requestId, taskQueue);
  const start = (attributes: SearchAttributePair[]): Promise<unknown> =>
    createMarkingClient(client).start(WORKFLOW_TYPE, {
      taskQueue,
      workflowId,
      args: [input],
      // An id is used once: a closed session is not started over, it may have been sent.
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      staticSummary: `${request.name} (${request.method})`,
      typedSearchAttributes: new TypedSearchAttributes(attributes),
    });
  try {
    await start(createSearchAttributes(request));
  } catch (error) {
    if (!isMissingSearchAttribute(error)) throw error;
    // No worker has ever run here. The workflow brings the attributes itself, once one has registered them.
    await start([]);
  }
  return workflowId;
}

/**
 * The client whose starts say that the server refuses used ids. One with interceptors of the SDK's old form says nothing,
 * and the worker looks for itself.
 */
function createMarkingClient({ workflow }: Client): WorkflowClient {
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
function createSearchAttributes(request: SigningRequest): SearchAttributePair[] {
  const { state, method, employeeId, crmRecord } = searchAttributes;
  return [
    { key: state, value: 'checking-documents' },
    { key: method, value: request.method },
    { key: employeeId, value: request.employeeId },
    ...(request.crmRecord === undefined ? [] : [{ key: crmRecord, value: request.crmRecord }]),
  ];
}
