import { executeChild } from '@temporalio/workflow';

/** A workflow of another application that starts a signing. */
export async function parent(taskQueue: string, workflowId: string, input: unknown): Promise<unknown> {
  return executeChild('signingSession', { taskQueue, workflowId, args: [input] });
}
