import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { FINAL_STATES, OPEN_STATES } from '../domain/status.js';
import { searchAttributes, WORKFLOW_TYPE, workflowIdOf } from '../workflows/messages.js';
import type { SigningFilter, SigningSummary } from './client.js';

/** Signings by search attributes, the newest first. The list is eventually consistent. */
export async function listSignings(client: Client, filter: SigningFilter): Promise<SigningSummary[]> {
  const summaries: SigningSummary[] = [];
  const limit = filter.limit ?? 100;
  for await (const execution of client.workflow.list({
    query: queryOf(filter),
    pageSize: Math.min(limit, 100),
  })) {
    summaries.push(summaryOf(execution));
    if (summaries.length >= limit) break;
  }
  return summaries;
}

function queryOf({ state, employeeId, crmRecord }: SigningFilter): string {
  const conditions = [
    ['WorkflowType', WORKFLOW_TYPE],
    [searchAttributes.state.name, state],
    [searchAttributes.employeeId.name, employeeId],
    [searchAttributes.crmRecord.name, crmRecord],
  ];
  return conditions
    .flatMap(([name, value]) => (value === undefined ? [] : `${name ?? ''} = ${JSON.stringify(value)}`))
    .join(' AND ');
}

function summaryOf({
  workflowId,
  startTime,
  typedSearchAttributes: known,
}: WorkflowExecutionInfo): SigningSummary {
  const state = known.get(searchAttributes.state);
  return {
    requestId: workflowId.slice(workflowIdOf('').length),
    state: [...OPEN_STATES, ...FINAL_STATES].find((candidate) => candidate === state) ?? null,
    method: known.get(searchAttributes.method) ?? null,
    employeeId: known.get(searchAttributes.employeeId) ?? null,
    crmRecord: known.get(searchAttributes.crmRecord) ?? null,
    sessionId: known.get(searchAttributes.sessionId) ?? null,
    deadline: known.get(searchAttributes.deadline)?.toISOString() ?? null,
    startedAt: startTime.toISOString(),
  };
}
