import { tsToDate } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';
import type { NativeConnection } from '@temporalio/worker';
import type { ActivityDependencies } from '../activities/index.js';
import type { OpenState } from '../domain/status.js';
import { isNotFound } from '../shared/temporal-errors.js';
import { WORKFLOW_TYPE, searchAttributes } from '../workflows/messages.js';

/** Before the first signing of all. */
const EARLIEST_START = Date.parse('2020-01-01');
const PRECISION_MS = 60_000;

/**
 * The oldest of many starts. A server lists pages of starts up to a time, and with an SQL database it does not sort them,
 * so this bisects. Exact if all fit into one page, else to a minute. `undefined` if there are none.
 */
export async function findOldestStart(
  pageUntil: (time: Date) => Promise<readonly Date[]>,
  pageSize: number,
  now: Date,
): Promise<Date | undefined> {
  let oldest: number | undefined;
  let [emptyUntil, foundUntil] = [EARLIEST_START, now.getTime()];
  for (
    let until = foundUntil;
    foundUntil - emptyUntil > PRECISION_MS;
    until = Math.floor((emptyUntil + foundUntil) / 2)
  ) {
    const page = await pageUntil(new Date(until));
    if (page.length === 0) emptyUntil = until;
    else oldest = foundUntil = Math.min(...page.map((time) => time.getTime()));
    if (page.length > 0 && page.length < pageSize) break;
  }
  return oldest === undefined ? undefined : new Date(oldest);
}

const { WorkflowExecutionStatus } = temporal.api.enums.v1;
const OPEN_STATUSES: readonly unknown[] = [
  WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING,
  WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_PAUSED,
];

/** Finds signings of this task queue in Temporal's list of workflows. */
export interface WorkflowLookup extends Pick<
  ActivityDependencies,
  'hasEarlierRun' | 'isContractSessionTaken' | 'isSigningOpen'
> {
  /** How many signings are in this state, and when the oldest of them started. */
  readonly countByState: (state: OpenState | typeof UNCLAIMED) => Promise<StateCount>;
}

/** Of a signing that no worker has started yet. */
export const UNCLAIMED = 'not-taken-up';

export interface StateCount {
  readonly count: number;
  readonly oldestStart: Date | undefined;
}

const PAGE_SIZE = 100;

export function createWorkflowLookup(
  connection: NativeConnection,
  { namespace, taskQueue }: { readonly namespace: string; readonly taskQueue: string },
): WorkflowLookup {
  const { workflowService } = connection;
  const list = async (query: string, pageSize: number) =>
    (await workflowService.listWorkflowExecutions({ namespace, query, pageSize })).executions;
  const exists = async (query: string): Promise<boolean> => (await list(query, 1)).length > 0;
  const startsOf = async (query: string): Promise<Date[]> =>
    (await list(query, PAGE_SIZE)).flatMap(({ startTime }) => (startTime == null ? [] : tsToDate(startTime)));
  // Another task queue may serve another tenant, whose contract sessions may have the same numbers.
  const onThisQueue = `TaskQueue = ${JSON.stringify(taskQueue)}`;

  return {
    // A description of the workflow id would show only its newest run.
    hasEarlierRun: (workflowId, runId) =>
      exists(`WorkflowId = ${JSON.stringify(workflowId)} AND RunId != ${JSON.stringify(runId)}`),
    isContractSessionTaken: (sessionId, workflowId) =>
      exists(
        `${searchAttributes.sessionId.name} = ${sessionId} AND ${onThisQueue} ` +
          `AND WorkflowId != ${JSON.stringify(workflowId)}`,
      ),
    isSigningOpen: async (workflowId) => {
      const request = { namespace, execution: { workflowId } };
      try {
        const { workflowExecutionInfo } = await workflowService.describeWorkflowExecution(request);
        return OPEN_STATUSES.includes(workflowExecutionInfo?.status);
      } catch (error) {
        if (isNotFound(error)) return false;
        throw error;
      }
    },
    countByState: async (state) => {
      const query =
        `WorkflowType = "${WORKFLOW_TYPE}" AND ${onThisQueue} AND ExecutionStatus = "Running" ` +
        `AND ${searchAttributes.state.name} ${state === UNCLAIMED ? 'IS NULL' : `= "${state}"`}`;
      const { count } = await workflowService.countWorkflowExecutions({ namespace, query });
      const startedUntil = (time: Date) => startsOf(`${query} AND StartTime <= "${time.toISOString()}"`);
      const oldestStart = count.isZero()
        ? undefined
        : await findOldestStart(startedUntil, PAGE_SIZE, new Date());
      return { count: count.toNumber(), oldestStart };
    },
  };
}
