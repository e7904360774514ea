import type { Client } from '@temporalio/client';
import { decodePayloads } from './payloads.js';

/** The input with which a workflow was started, decoded as the client decodes; from its first event. */
export async function firstInput(client: Client, workflowId: string): Promise<unknown> {
  const { namespace, loadedDataConverter } = client.options;
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace,
    execution: { workflowId },
    maximumPageSize: 1,
  });
  const input = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads;
  const [first] = await decodePayloads(loadedDataConverter, input);
  return first;
}
