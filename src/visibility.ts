import type { NativeConnection } from '@temporalio/worker';
import type { ActivityDependencies } from './activities/index.js';
import { searchAttributes } from './workflows/messages.js';

type Visibility = Pick<ActivityDependencies, 'hasEarlierRun' | 'isSessionTaken'>;

/** What the signings of this task queue tell about each other, from Temporal's list of workflows. */
export function createVisibility(
  connection: NativeConnection,
  { namespace, taskQueue }: { readonly namespace: string; readonly taskQueue: string },
): Visibility {
  const exists = async (query: string): Promise<boolean> => {
    const request = { namespace, query, pageSize: 1 };
    const { executions } = await connection.workflowService.listWorkflowExecutions(request);
    return executions.length > 0;
  };
  return {
    // Describing a workflow id would tell only of its newest run.
    hasEarlierRun: (workflowId, runId) =>
      exists(`WorkflowId = ${JSON.stringify(workflowId)} AND RunId != ${JSON.stringify(runId)}`),
    // On this task queue only: another one may serve another tenant, whose sessions have numbers of their own.
    isSessionTaken: (sessionId, workflowId) =>
      exists(
        `${searchAttributes.sessionId.name} = ${sessionId} AND TaskQueue = ${JSON.stringify(taskQueue)} ` +
          `AND WorkflowId != ${JSON.stringify(workflowId)}`,
      ),
  };
}
