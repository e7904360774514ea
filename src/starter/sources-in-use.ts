import type { Client } from '@temporalio/client';
import { readRequest } from '../domain/read-request.js';
import type { OpenState } from '../domain/status.js';
import { searchAttributes, WORKFLOW_TYPE } from '../workflows/messages.js';
import { explainedCall, lacksSearchAttributes } from './explained.js';
import { firstInput } from './first-input.js';

const SERVER_ANSWERS_MS = 10_000;

/** In the states after these nothing reads a document any more. */
const READING: readonly OpenState[] = [
  'checking-documents', 'initiating', 'uploading', 'attaching', 'needs-attention',
]; // prettier-ignore

/**
 * The sources of all documents that an open session of this task queue may still have to read. A session that was started
 * within the last seconds can be missing. @throws NoServerError, NoAccessError
 */
export async function sourcesInUse(client: Client, taskQueue: string): Promise<ReadonlySet<string>> {
  const bounded = <Result>(ask: () => Promise<Result>): Promise<Result> =>
    client.withDeadline(Date.now() + SERVER_ANSWERS_MS, ask).catch((error: unknown) => {
      throw explainedCall(error);
    });
  const sources = new Set<string>();
  for (const workflowId of await bounded(() => readingSessions(client, taskQueue))) {
    const { request } = readRequest(await bounded(() => firstInput({ client, taskQueue }, workflowId)));
    for (const { source } of request.documents) sources.add(source);
  }
  return sources;
}

async function readingSessions(client: Client, taskQueue: string): Promise<string[]> {
  const { name } = searchAttributes.state;
  const open = `WorkflowType = '${WORKFLOW_TYPE}' AND CloseTime IS NULL`;
  const states = READING.map((state) => `'${state}'`).join(', ');
  try {
    // Where no worker has taken it up yet on a namespace that did not know the attribute, it has none.
    return await idsOf(client, taskQueue, `${open} AND (${name} IS NULL OR ${name} IN (${states}))`);
  } catch (error) {
    if (!lacksSearchAttributes(error)) throw error;
    return idsOf(client, taskQueue, open);
  }
}

async function idsOf(client: Client, taskQueue: string, query: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const session of client.workflow.list({ query, pageSize: 1000 })) {
    // Another one may serve another tenant, whose inputs this client could not read.
    if (session.taskQueue === taskQueue) ids.push(session.workflowId);
  }
  return ids;
}
