import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { OPEN_STATES } from '../domain/status.js';
import { searchAttributes, WORKFLOW_TYPE, workflowIdOf } from '../workflows/messages.js';
import type { SigningFilter, SigningSummary } from './client.js';
import { explainedCall, lacksSearchAttributes } from './explained.js';
import { stateOf } from './look-up.js';

const SERVER_ANSWERS_MS = 10_000;

/** Signings by search attributes. The list is eventually consistent. @throws NoServerError, NoAccessError */
export async function listSignings(client: Client, filter: SigningFilter): Promise<SigningSummary[]> {
  try {
    return await client.withDeadline(Date.now() + SERVER_ANSWERS_MS, () => collect(client, filter));
  } catch (error) {
    // Where no worker has registered the search attributes, no signing can have any.
    if (lacksSearchAttributes(error)) return [];
    throw explainedCall(error);
  }
}

async function collect(client: Client, filter: SigningFilter): Promise<SigningSummary[]> {
  const limit = filter.limit ?? 100;
  const summaries: SigningSummary[] = [];
  for await (const execution of client.workflow.list({
    query: queryOf(filter),
    pageSize: Math.max(1, Math.min(limit, 1000)),
  })) {
    if (summaries.length >= limit) break;
    const summary = summaryOf(execution);
    if (isWanted(summary, filter)) summaries.push(summary);
  }
  return summaries;
}

function queryOf({ state, employeeId, crmRecord }: SigningFilter): string {
  return [
    ...condition('WorkflowType', WORKFLOW_TYPE),
    ...condition(searchAttributes.state.name, state),
    // The last state of a workflow that was terminated stays in its attributes.
    ...condition('ExecutionStatus', OPEN_STATES.some((open) => open === state) ? 'Running' : undefined),
    ...condition(searchAttributes.employeeId.name, employeeId),
    ...condition(searchAttributes.crmRecord.name, crmRecord),
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

function isWanted(summary: SigningSummary, { employeeId, crmRecord }: SigningFilter): boolean {
  return (
    (employeeId === undefined || summary.employeeId === employeeId) &&
    (crmRecord === undefined || summary.crmRecord === crmRecord)
  );
}

function summaryOf(execution: WorkflowExecutionInfo): SigningSummary {
  const { workflowId, startTime, status, typedSearchAttributes: known } = execution;
  return {
    requestId: workflowId.slice(workflowIdOf('').length),
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
