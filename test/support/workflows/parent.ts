import { executeChild } from '@temporalio/workflow';

/** A workflow of somebody else that starts a signing, which the licence does not allow. */
export async function parent(taskQueue: string, workflowId: string, input: unknown): Promise<unknown> {
  return executeChild('signingSession', { taskQueue, workflowId, args: [input] });
}
