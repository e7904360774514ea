import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { type SearchAttributePair, TypedSearchAttributes } from '@temporalio/common';
import { type ParsedRequest, parseRequest } from '../domain/parse-request.js';
import type { SigningRequest } from '../domain/request.js';
import { buildWorkflowId } from '../domain/workflow-id.js';
import { NoServerError, isMissingSearchAttribute } from '../shared/temporal-errors.js';
import { WORKFLOW_TYPE, searchAttributes } from '../workflows/messages.js';
import { type Tenant, callServer, describeSigning, getWorkflowInput } from './describe-signing.js';
import { InvalidRequestError, RequestConflictError, SigningNotFoundError } from './errors.js';
import { reserveStart } from './reserve-start.js';

export interface SigningClientOptions {
  /**
   * How many signings one employee can start within an hour, counted exactly over all clients of the task queue that have
   * this option. The default is no limit.
   */
  readonly startsPerHour?: number;
}

export interface StartedSigning {
  readonly requestId: string;
  readonly workflowId: string;
  /** `false` if the same request was started before; then nothing new has happened. */
  readonly created: boolean;
}

/** Starts a signing once. Needs no worker: the server keeps the start until a worker polls. */
export async function startSigning(
  tenant: Tenant,
  { startsPerHour }: SigningClientOptions,
  { input, request, problems }: ParsedRequest,
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
 * A repeated request needs no reservation, nor does a conflict with a request of the same employee. A conflict with
 * another employee's request does, as a new request would: otherwise a caller could find out which requestIds are in use.
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

/** The start of a requestId that is in use. @throws RequestConflictError if its request has other content */
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
    client.workflow.start(WORKFLOW_TYPE, {
      taskQueue,
      workflowId,
      args: [input],
      // An id is used once: a closed signing may have sent its documents.
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      staticSummary: `${request.name} (${request.method})`,
      typedSearchAttributes: new TypedSearchAttributes(attributes),
    });
  try {
    await start(createSearchAttributes(request));
  } catch (error) {
    if (!isMissingSearchAttribute(error)) throw error;
    // No worker has run in this namespace yet. The workflow sets the attributes once a worker has registered them.
    await start([]);
  }
  return workflowId;
}

/** Set at the start, they need no further event. The workflow computes and sets the deadline. */
function createSearchAttributes(request: SigningRequest): SearchAttributePair[] {
  const { state, method, employeeId, crmRecord } = searchAttributes;
  return [
    { key: state, value: 'checking-documents' },
    { key: method, value: request.method },
    { key: employeeId, value: request.employeeId },
    ...(request.crmRecord === undefined ? [] : [{ key: crmRecord, value: request.crmRecord }]),
  ];
}
