import { isGrpcServiceError } from '@temporalio/client';
import { tsToDate } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';
import type { NativeConnection } from '@temporalio/worker';
import type { ActivityDependencies } from './activities/index.js';
import type { OpenState } from './domain/status.js';
import { oldestOf } from './oldest.js';
import { searchAttributes, WORKFLOW_TYPE } from './workflows/messages.js';

const { WorkflowExecutionStatus } = temporal.api.enums.v1;
const OPEN: readonly unknown[] = [
  WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING,
  WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_PAUSED,
];

/** A gRPC status. */
const NOT_FOUND = 5;

/** What the signings of this task queue tell about each other, from Temporal's list of workflows. */
export interface Visibility extends Pick<
  ActivityDependencies,
  'hasEarlierRun' | 'isSessionTaken' | 'isSessionOpen'
> {
  /** How many sessions are in this state, and since when the oldest of them has been running. */
  readonly census: (state: OpenState | typeof NOT_TAKEN_UP) => Promise<Census>;
}

/** Of a session that no worker has taken up yet. */
export const NOT_TAKEN_UP = 'not-taken-up';

export interface Census {
  readonly count: number;
  readonly oldestStart: Date | undefined;
}

const PAGE = 100;

export function createVisibility(
  connection: NativeConnection,
  { namespace, taskQueue }: { readonly namespace: string; readonly taskQueue: string },
): Visibility {
  const { workflowService } = connection;
  const list = async (query: string, pageSize: number) =>
    (await workflowService.listWorkflowExecutions({ namespace, query, pageSize })).executions;
  const exists = async (query: string): Promise<boolean> => (await list(query, 1)).length > 0;
  const startsOf = async (query: string): Promise<Date[]> =>
    (await list(query, PAGE)).flatMap(({ startTime }) => (startTime == null ? [] : tsToDate(startTime)));
  // On this task queue only: another one may serve another tenant, whose sessions have numbers of their own.
  const onThisQueue = `TaskQueue = ${JSON.stringify(taskQueue)}`;

  return {
    // Describing a workflow id would tell only of its newest run.
    hasEarlierRun: (workflowId, runId) =>
      exists(`WorkflowId = ${JSON.stringify(workflowId)} AND RunId != ${JSON.stringify(runId)}`),
    isSessionTaken: (sessionId, workflowId) =>
      exists(
        `${searchAttributes.sessionId.name} = ${sessionId} AND ${onThisQueue} ` +
          `AND WorkflowId != ${JSON.stringify(workflowId)}`,
      ),
    isSessionOpen: async (workflowId) => {
      const request = { namespace, execution: { workflowId } };
      try {
        const { workflowExecutionInfo } = await workflowService.describeWorkflowExecution(request);
        return OPEN.includes(workflowExecutionInfo?.status);
      } catch (error) {
        if (isGrpcServiceError(error) && statusOf(error) === NOT_FOUND) return false;
        throw error;
      }
    },
    census: async (state) => {
      const query =
        `WorkflowType = "${WORKFLOW_TYPE}" AND ${onThisQueue} AND ExecutionStatus = "Running" ` +
        `AND ${searchAttributes.state.name} ${state === NOT_TAKEN_UP ? 'IS NULL' : `= "${state}"`}`;
      const { count } = await workflowService.countWorkflowExecutions({ namespace, query });
      const startedUntil = (time: Date) => startsOf(`${query} AND StartTime <= "${time.toISOString()}"`);
      const oldestStart = count.isZero() ? undefined : await oldestOf(startedUntil, PAGE, new Date());
      return { count: count.toNumber(), oldestStart };
    },
  };
}

const statusOf = ({ code }: { readonly code: number }): number => code;
