import type { WorkflowExecutionInfo } from '@temporalio/client';
import { executionInfoFromRaw } from '@temporalio/client/lib/helpers';
import { HOUR_MS, type Place } from '../domain/starts-window.js';
import { OPEN_STATES } from '../domain/status.js';
import { requestIdOf, searchAttributes, WORKFLOW_TYPE, workflowIdOf } from '../workflows/messages.js';
import type { SigningFilter, SigningPage, SigningPageFilter, SigningSummary } from './client.js';
import { cursorOf, tokenOf } from './cursor.js';
import { explainedCall, lacksSearchAttributes } from './explained.js';
import { stateOf, type Tenant } from './look-up.js';

const SERVER_ANSWERS_MS = 10_000;
const LONGEST_VALUE = 255;

/** What can be asked for within this library. */
interface Filter extends SigningFilter {
  readonly startedAfter?: Date;
}
type PageFilter = Filter & SigningPageFilter;

/** What an employee has started within the last hour, as far as the list knows it already. @throws as `listSignings` */
export async function listRecentStarts(tenant: Tenant, employeeId: string): Promise<Place[]> {
  const startedAfter = new Date(Date.now() - HOUR_MS);
  const recent = await listSignings(tenant, { employeeId, startedAfter, limit: Infinity });
  return recent.map(({ requestId, startedAt }) => ({ requestId, at: Date.parse(startedAt) }));
}

/** The tenant's signings by search attributes. The list is eventually consistent. @throws NoServerError, NoAccessError */
export async function listSignings(tenant: Tenant, filter: Filter): Promise<SigningSummary[]> {
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

/** @throws also InvalidRequestError where the cursor is none */
export async function listPage(tenant: Tenant, filter: PageFilter): Promise<SigningPage> {
  // Longer than any value can be; the server would fail over it.
  if ([filter.state, filter.employeeId, filter.crmRecord].some((value = '') => value.length > LONGEST_VALUE))
    return { signings: [], nextCursor: null };
  try {
    return await tenant.client.withDeadline(Date.now() + SERVER_ANSWERS_MS, () => fetchPage(tenant, filter));
  } catch (error) {
    // Where no worker has registered the search attributes, no signing can have any.
    if (lacksSearchAttributes(error)) return { signings: [], nextCursor: null };
    throw explainedCall(error);
  }
}

async function fetchPage({ client, taskQueue }: Tenant, filter: PageFilter): Promise<SigningPage> {
  const { namespace, loadedDataConverter } = client.options;
  const query = queryOf(taskQueue, filter);
  const cursor = filter.cursor ?? undefined;
  const { executions, nextPageToken } = await client.workflowService.listWorkflowExecutions({
    namespace,
    query,
    pageSize: Math.max(1, Math.min(filter.limit ?? 100, 1000)),
    nextPageToken: cursor === undefined ? new Uint8Array() : tokenOf(query, cursor),
  });
  const found = await Promise.all(
    executions.map((raw) => executionInfoFromRaw(raw, loadedDataConverter, raw, namespace)),
  );
  const own = found.filter((execution) => isOfTenant(execution, taskQueue));
  return {
    signings: own.map(summaryOf).filter((summary) => isWanted(summary, filter)),
    nextCursor: cursorOf(query, nextPageToken),
  };
}

function queryOf(taskQueue: string, { state, employeeId, crmRecord, startedAfter }: Filter): string {
  return [
    ...condition('WorkflowType', WORKFLOW_TYPE),
    // The run that goes on in its place is shown, and not the ones before it.
    `ExecutionStatus != 'ContinuedAsNew'`,
    ...condition(searchAttributes.state.name, state),
    // The last state of a workflow that was terminated stays in its attributes.
    ...condition('ExecutionStatus', OPEN_STATES.some((open) => open === state) ? 'Running' : undefined),
    ...condition(searchAttributes.employeeId.name, employeeId),
    ...condition(searchAttributes.crmRecord.name, crmRecord),
    ...condition('TaskQueue', taskQueue),
    ...(startedAfter === undefined ? [] : [`StartTime > '${startedAfter.toISOString()}'`]),
  ].join(' AND ');
}

/**
 * No value needs an escape, since servers were seen to compare escaped text with itself: from the first quote or
 * backslash on, it is compared here.
 */
export function condition(name: string, value: string | undefined): string[] {
  if (value === undefined) return [];
  const [plain = ''] = value.split(/['"\\]/);
  if (plain === '' && value !== '') return [];
  return [`${name} ${plain === value ? '=' : 'STARTS_WITH'} '${plain}'`];
}

/** A start under a wrong id is refused by its worker, and is no session. */
function isOfTenant({ workflowId, taskQueue: queue }: WorkflowExecutionInfo, taskQueue: string): boolean {
  const requestId = requestIdOf(workflowId);
  return queue === taskQueue && requestId !== undefined && workflowIdOf(requestId, queue) === workflowId;
}

function isWanted(summary: SigningSummary, { employeeId, crmRecord }: SigningFilter): boolean {
  return (
    (employeeId === undefined || summary.employeeId === employeeId) &&
    (crmRecord === undefined || summary.crmRecord === crmRecord)
  );
}

function summaryOf(execution: WorkflowExecutionInfo): SigningSummary {
  const { workflowId, startTime, status, typedSearchAttributes: known } = execution;
  return {
    requestId: requestIdOf(workflowId) ?? workflowId,
    state: stateOf(execution),
    terminated: status.name === 'TERMINATED' || status.name === 'TIMED_OUT',
    method: known.get(searchAttributes.method) ?? null,
    employeeId: known.get(searchAttributes.employeeId) ?? null,
    crmRecord: known.get(searchAttributes.crmRecord) ?? null,
    sessionId: known.get(searchAttributes.sessionId) ?? null,
    deadline: known.get(searchAttributes.deadline)?.toISOString() ?? null,
    startedAt: startTime.toISOString(),
  };
}
