import { isGrpcServiceError } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import type { NativeConnection } from '@temporalio/worker';
import type { ActivityDependencies } from './activities/index.js';
import { searchAttributes } from './workflows/messages.js';

const { WorkflowExecutionStatus } = temporal.api.enums.v1;
const OPEN: readonly unknown[] = [
  WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING,
  WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_PAUSED,
];

/** A gRPC status. */
const NOT_FOUND = 5;

type Visibility = Pick<ActivityDependencies, 'hasEarlierRun' | 'isSessionTaken' | 'isSessionOpen'>;

/** What the server knows of the signings of this task queue. */
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
    isSessionOpen: async (workflowId) => {
      const request = { namespace, execution: { workflowId } };
      try {
        const { workflowExecutionInfo } = await connection.workflowService.describeWorkflowExecution(request);
        return OPEN.includes(workflowExecutionInfo?.status);
      } catch (error) {
        if (isGrpcServiceError(error) && statusOf(error) === NOT_FOUND) return false;
        throw error;
      }
    },
  };
}

const statusOf = ({ code }: { readonly code: number }): number => code;
