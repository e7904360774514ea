import type { Client } from '@temporalio/client';
import { parseRequest } from '../domain/parse-request.js';
import type { OpenState } from '../domain/status.js';
import { isMissingSearchAttribute, mapCallError } from '../shared/temporal-errors.js';
import { WORKFLOW_TYPE, searchAttributes } from '../workflows/messages.js';
import { getWorkflowInput } from './describe-signing.js';

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
