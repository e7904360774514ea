import type { Tenant } from './look-up.js';
import { decodePayloads } from './payloads.js';

/**
 * The input with which a workflow was started, decoded as the client decodes; from its first event. `undefined` where it
 * runs on another task queue: that is another tenant's, and may be encrypted with keys that this client lacks.
 */
export async function firstInput({ client, taskQueue }: Tenant, workflowId: string): Promise<unknown> {
  const { namespace, loadedDataConverter } = client.options;
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace,
    execution: { workflowId },
    maximumPageSize: 1,
  });
  const start = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
  if (start?.taskQueue?.name !== taskQueue) return undefined;
  const [first] = await decodePayloads(loadedDataConverter, start.input?.payloads);
  return first;
}
