import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { executionInfoFromRaw } from '@temporalio/client/lib/helpers';
import { createHash } from 'node:crypto';
import { parseRequest } from '../domain/parse-request.js';
import { HOUR_MS, type Reservation } from '../domain/start-rate-limit.js';
import type { OpenState, SigningState } from '../domain/status.js';
import { OPEN_STATES } from '../domain/status.js';
import { buildWorkflowId, parseRequestId } from '../domain/workflow-id.js';
import { isMissingSearchAttribute, mapCallError } from '../shared/temporal-errors.js';
import { WORKFLOW_TYPE, searchAttributes } from '../workflows/messages.js';
import { type Tenant, getWorkflowInput, readState } from './describe-signing.js';
import { InvalidRequestError } from './errors.js';

/** One signing of a list. */
export interface SigningSummary {
  readonly requestId: string;
  /** Null before a worker starts the signing, on a namespace that did not know the search attributes. */
  readonly state: SigningState | null;
  /** Whether the workflow was terminated in Temporal: then `state` is the last one before. */
  readonly terminated: boolean;
  readonly method: string | null;
  readonly employeeId: string | null;
  readonly crmRecord: string | null;
  readonly sessionId: number | null;
  readonly deadline: string | null;
  readonly startedAt: string;
}

export interface SigningFilter {
  readonly state?: string | undefined;
  readonly employeeId?: string | undefined;
  readonly crmRecord?: string | undefined;
  /** At most this many; the default is 100. */
  readonly limit?: number | undefined;
}

export interface SigningPageFilter extends SigningFilter {
  /** The `nextCursor` of the page before. */
  readonly cursor?: string | null | undefined;
}

/** A page can be shorter than its limit although a next page exists. */
export interface SigningPage {
  readonly signings: readonly SigningSummary[];
  /** Null after the last page. */
  readonly nextCursor: string | null;
}

const LIST_TIMEOUT_MS = 10_000;
const MAX_VALUE_LENGTH = 255;
const CHECKSUM_BYTES = 8;

/** Filters that only this library uses. */
interface InternalFilter extends SigningFilter {
  readonly startedAfter?: Date;
}
type InternalPageFilter = InternalFilter & SigningPageFilter;

/** An employee's starts within the last hour, as far as the list knows them yet. @throws as `listSignings` */
export async function listRecentStarts(tenant: Tenant, employeeId: string): Promise<Reservation[]> {
  const startedAfter = new Date(Date.now() - HOUR_MS);
  const recent = await listSignings(tenant, { employeeId, startedAfter, limit: Infinity });
  return recent.map(({ requestId, startedAt }) => ({ requestId, at: Date.parse(startedAt) }));
}

/** The tenant's signings by search attributes. The list is eventually consistent. @throws NoServerError, NoAccessError */
export async function listSignings(tenant: Tenant, filter: InternalFilter): Promise<SigningSummary[]> {
  const limit = filter.limit ?? 100;
  const summaries: SigningSummary[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null && summaries.length < limit) {
    const page = await listPage(tenant, { ...filter, limit, cursor });
    summaries.push(...page.signings);
    cursor = page.nextCursor;
  }
  return summaries.slice(0, limit);
}

/** @throws also InvalidRequestError if the cursor is not one of this list */
export async function listPage(tenant: Tenant, filter: InternalPageFilter): Promise<SigningPage> {
  // No value is that long, and the server would fail.
  if (
    [filter.state, filter.employeeId, filter.crmRecord].some((value = '') => value.length > MAX_VALUE_LENGTH)
  )
    return { signings: [], nextCursor: null };
  try {
    return await tenant.client.withDeadline(Date.now() + LIST_TIMEOUT_MS, () => fetchPage(tenant, filter));
  } catch (error) {
    // No worker has registered the search attributes yet, so that no signing has any.
    if (isMissingSearchAttribute(error)) return { signings: [], nextCursor: null };
    throw mapCallError(error);
  }
}

async function fetchPage({ client, taskQueue }: Tenant, filter: InternalPageFilter): Promise<SigningPage> {
  const { namespace, loadedDataConverter } = client.options;
  const query = createQuery(taskQueue, filter);
  const cursor = filter.cursor ?? undefined;
  const { executions, nextPageToken } = await client.workflowService.listWorkflowExecutions({
    namespace,
    query,
    pageSize: Math.max(1, Math.min(filter.limit ?? 100, 1000)),
    nextPageToken: cursor === undefined ? new Uint8Array() : decodeCursor(query, cursor),
  });
  const found = await Promise.all(
    executions.map((raw) => executionInfoFromRaw(raw, loadedDataConverter, raw, namespace)),
  );
  const own = found.filter((execution) => belongsToTenant(execution, taskQueue));
  return {
    signings: own.map(toSummary).filter((summary) => matchesFilter(summary, filter)),
    nextCursor: encodeCursor(query, nextPageToken),
  };
}

function createQuery(
  taskQueue: string,
  { state, employeeId, crmRecord, startedAfter }: InternalFilter,
): string {
  return [
    ...createCondition('WorkflowType', WORKFLOW_TYPE),
    // Of a continued signing, only the last run.
    `ExecutionStatus != 'ContinuedAsNew'`,
    ...createCondition(searchAttributes.state.name, state),
    // A terminated workflow keeps its last state in the attributes.
    ...createCondition('ExecutionStatus', OPEN_STATES.some((open) => open === state) ? 'Running' : undefined),
    ...createCondition(searchAttributes.employeeId.name, employeeId),
    ...createCondition(searchAttributes.crmRecord.name, crmRecord),
    ...createCondition('TaskQueue', taskQueue),
    ...(startedAfter === undefined ? [] : [`StartTime > '${startedAfter.toISOString()}'`]),
  ].join(' AND ');
}

/**
 * Conditions of a query for a value. Some servers do not unescape text, so the query holds the value up to its first
 * quote or backslash, and the caller compares the rest.
 */
export function createCondition(name: string, value: string | undefined): string[] {
  if (value === undefined) return [];
  const [literal = ''] = value.split(/['"\\]/);
  if (literal === '' && value !== '') return [];
  return [`${name} ${literal === value ? '=' : 'STARTS_WITH'} '${literal}'`];
}

/** A workflow with another id is not a signing: its worker rejects it. */
function belongsToTenant(
  { workflowId, taskQueue: queue }: WorkflowExecutionInfo,
  taskQueue: string,
): boolean {
  const requestId = parseRequestId(workflowId);
  return queue === taskQueue && requestId !== undefined && buildWorkflowId(requestId, queue) === workflowId;
}

function matchesFilter(summary: SigningSummary, { employeeId, crmRecord }: SigningFilter): boolean {
  return (
    (employeeId === undefined || summary.employeeId === employeeId) &&
    (crmRecord === undefined || summary.crmRecord === crmRecord)
  );
}

function toSummary(execution: WorkflowExecutionInfo): SigningSummary {
  const { workflowId, startTime, status, typedSearchAttributes: known } = execution;
  return {
    requestId: parseRequestId(workflowId) ?? workflowId,
    state: readState(execution),
    terminated: status.name === 'TERMINATED' || status.name === 'TIMED_OUT',
    method: known.get(searchAttributes.method) ?? null,
    employeeId: known.get(searchAttributes.employeeId) ?? null,
    crmRecord: known.get(searchAttributes.crmRecord) ?? null,
    sessionId: known.get(searchAttributes.sessionId) ?? null,
    deadline: known.get(searchAttributes.deadline)?.toISOString() ?? null,
    startedAt: startTime.toISOString(),
  };
}

/**
 * Temporal's token of the next page as a cursor for the same query; null after the last page. Its checksum rejects
 * foreign cursors here, because some servers answer an invalid token as if they had failed.
 */
function encodeCursor(query: string, token: Uint8Array): string | null {
  return token.length === 0
    ? null
    : Buffer.concat([computeChecksum(query, token), token]).toString('base64url');
}

/** @throws InvalidRequestError if it is not a cursor of this query */
function decodeCursor(query: string, cursor: string): Uint8Array {
  const bytes = Buffer.from(cursor, 'base64url');
  const token = bytes.subarray(CHECKSUM_BYTES);
  if (token.length > 0 && computeChecksum(query, token).equals(bytes.subarray(0, CHECKSUM_BYTES)))
    return token;
  const message = 'must be the nextCursor of an earlier page of the same list';
  throw new InvalidRequestError([{ field: 'cursor', message }]);
}

function computeChecksum(query: string, token: Uint8Array): Buffer {
  return createHash('sha256').update(`${query}\0`).update(token).digest().subarray(0, CHECKSUM_BYTES);
}

const SERVER_TIMEOUT_MS = 10_000;

/** In later states nothing reads the documents any more. */
const STATES_READING_SOURCES: readonly OpenState[] = [
  'checking-documents', 'initiating', 'uploading', 'attaching', 'needs-attention',
]; // prettier-ignore

/**
 * The sources of all documents that open signings of this task queue may still read. A signing that started within the
 * last seconds can be missing. @throws NoServerError, NoAccessError
 */
export async function listActiveSources(client: Client, taskQueue: string): Promise<ReadonlySet<string>> {
  const callWithDeadline = <Result>(call: () => Promise<Result>): Promise<Result> =>
    client.withDeadline(Date.now() + SERVER_TIMEOUT_MS, call).catch((error: unknown) => {
      throw mapCallError(error);
    });
  const sources = new Set<string>();
  for (const workflowId of await callWithDeadline(() => listWorkflowsReadingSources(client, taskQueue))) {
    const { request } = parseRequest(
      await callWithDeadline(() => getWorkflowInput({ client, taskQueue }, workflowId)),
    );
    for (const { source } of request.documents) sources.add(source);
  }
  return sources;
}

async function listWorkflowsReadingSources(client: Client, taskQueue: string): Promise<string[]> {
  const { name } = searchAttributes.state;
  const open = `WorkflowType = '${WORKFLOW_TYPE}' AND CloseTime IS NULL`;
  const states = STATES_READING_SOURCES.map((state) => `'${state}'`).join(', ');
  try {
    // A signing that no worker has started yet lacks the attribute if the namespace did not know it.
    return await listWorkflowIds(
      client,
      taskQueue,
      `${open} AND (${name} IS NULL OR ${name} IN (${states}))`,
    );
  } catch (error) {
    if (!isMissingSearchAttribute(error)) throw error;
    return listWorkflowIds(client, taskQueue, open);
  }
}

async function listWorkflowIds(client: Client, taskQueue: string, query: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const execution of client.workflow.list({ query, pageSize: 1000 })) {
    // Another task queue may serve another tenant, whose inputs this client cannot read.
    if (execution.taskQueue === taskQueue) ids.push(execution.workflowId);
  }
  return ids;
}
