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
    pageSize: Math.max(1, Math.min(limit, 100)),
  })) {
    if (summaries.length >= limit) break;
    summaries.push(summaryOf(execution));
  }
  return summaries;
}

function queryOf({ state, employeeId, crmRecord }: SigningFilter): string {
  const conditions = [
    ['WorkflowType', WORKFLOW_TYPE],
    [searchAttributes.state.name, state],
    // The last state of a workflow that was terminated stays in its attributes.
    ['ExecutionStatus', OPEN_STATES.some((open) => open === state) ? 'Running' : undefined],
    [searchAttributes.employeeId.name, employeeId],
    [searchAttributes.crmRecord.name, crmRecord],
  ];
  return conditions
    .flatMap(([name, value]) => (value === undefined ? [] : `${name ?? ''} = ${quoted(value)}`))
    .join(' AND ');
}

/** A string of the query language, whatever is in it. */
function quoted(value: string): string {
  return `'${value.replace(/[\\']/g, '\\$&')}'`;
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
