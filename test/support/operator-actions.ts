import { WithStartWorkflowOperation, type WorkflowHandle, isGrpcServiceError } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';
import { randomUUID } from 'node:crypto';
import { createRequest } from './signing.js';

/** A pending activity of a signing, as an operator sees it in the Temporal UI. */
export interface PendingActivity {
  readonly handle: WorkflowHandle;
  readonly requestId: string;
  readonly taskQueue: string;
  readonly activityId: string;
}

/** What an operator does to a pending activity or its workflow, by the requests that the Temporal UI and CLI send. */
export interface OperatorAction {
  /** While the activity's call is in flight. */
  during: (activity: PendingActivity) => Promise<unknown>;
  /** Once that attempt has ended. */
  after?: (activity: PendingActivity) => Promise<unknown>;
}

function describeTarget({ handle, activityId: id }: PendingActivity) {
  return {
    namespace: handle.client.options.namespace,
    execution: { workflowId: handle.workflowId },
    id,
    identity: 'operator',
  };
}

type Service = WorkflowHandle['client']['workflowService'];
type Extra<Method extends 'unpauseActivity' | 'resetActivity'> = Partial<Parameters<Service[Method]>[0]>;

export const pauseActivity = (activity: PendingActivity): Promise<unknown> =>
  activity.handle.client.workflowService.pauseActivity({
    ...describeTarget(activity),
    reason: 'a test',
    requestId: randomUUID(),
  });

const unpauseActivity =
  (extra: Extra<'unpauseActivity'> = {}) =>
  (activity: PendingActivity): Promise<unknown> =>
    activity.handle.client.workflowService.unpauseActivity({ ...describeTarget(activity), ...extra });

const resetActivity =
  (extra: Extra<'resetActivity'> = {}) =>
  (activity: PendingActivity): Promise<unknown> =>
    activity.handle.client.workflowService.resetActivity({ ...describeTarget(activity), ...extra });

/** Many attempts, with a pause between them in which an operator can act. */
const allowAttempts = (activity: PendingActivity): Promise<unknown> =>
  activity.handle.client.workflowService.updateActivityOptions({
    ...describeTarget(activity),
    activityOptions: { retryPolicy: { maximumAttempts: 5, initialInterval: msToTs(10_000) } },
    updateMask: { paths: ['retry_policy.maximum_attempts', 'retry_policy.initial_interval'] },
  });

function describeWorkflow({ handle }: PendingActivity) {
  const { namespace } = handle.client.options;
  return { namespace, workflowId: handle.workflowId, reason: 'a test', requestId: randomUUID() };
}

const pauseWorkflow = (activity: PendingActivity): Promise<unknown> =>
  activity.handle.client.workflowService.pauseWorkflowExecution(describeWorkflow(activity));

const unpauseWorkflow = (activity: PendingActivity): Promise<unknown> =>
  activity.handle.client.workflowService.unpauseWorkflowExecution(describeWorkflow(activity));

/** As the Temporal UI offers it: to the last workflow task. */
async function resetWorkflow({ handle }: PendingActivity): Promise<unknown> {
  const { events } = await handle.fetchHistory();
  const last = events?.findLast(({ workflowTaskCompletedEventAttributes: it }) => it != null);
  return handle.client.workflowService.resetWorkflowExecution({
    namespace: handle.client.options.namespace,
    workflowExecution: { workflowId: handle.workflowId, runId: (await handle.describe()).runId },
    ...(last?.eventId == null ? {} : { workflowTaskFinishEventId: last.eventId }),
    requestId: randomUUID(),
    reason: 'a test',
  });
}

const failActivity = (activity: PendingActivity): Promise<unknown> =>
  activity.handle.client.workflowService.respondActivityTaskFailedById({
    namespace: activity.handle.client.options.namespace,
    workflowId: activity.handle.workflowId,
    activityId: activity.activityId,
    identity: 'operator',
    failure: { message: 'by hand', source: 'CLI', applicationFailureInfo: { nonRetryable: true } },
  });

/** A start under the same workflow id. */
const createStart = ({ handle, requestId, taskQueue }: PendingActivity) => ({
  workflowId: handle.workflowId,
  taskQueue,
  args: [createRequest(requestId)],
});

const signalWithStart = (activity: PendingActivity): Promise<unknown> =>
  activity.handle.client.signalWithStart('signingSession', { ...createStart(activity), signal: 'checkNow' });

/** The update is rejected, since the signing does not wait for this; the start must do nothing either. */
const updateWithStart = (activity: PendingActivity): Promise<unknown> =>
  activity.handle.client
    .executeUpdateWithStart('recordOutcome', {
      args: [{ outcome: 'nonsense' }],
      startWorkflowOperation: new WithStartWorkflowOperation('signingSession', {
        ...createStart(activity),
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
    })
    .catch(() => undefined);

const inTurn =
  (...actions: readonly OperatorAction['during'][]): OperatorAction['during'] =>
  async (activity) => {
    for (const act of actions) await act(activity);
  };

const CLEAR = { resetHeartbeat: true };

/** Everything that the Temporal UI and CLI offer on a pending activity and its workflow, and what tends to follow it. */
export const OPERATOR_ACTIONS = {
  'pause and unpause': { during: pauseActivity, after: unpauseActivity() },
  'pause and unpause at once': { during: inTurn(pauseActivity, unpauseActivity()) },
  /** As the CLI before 1.9 offered it. */
  'pause and unpause with heartbeats reset': {
    during: pauseActivity,
    after: unpauseActivity({ resetAttempts: true, ...CLEAR }),
  },
  'pause and reset': { during: pauseActivity, after: resetActivity() },
  'pause and reset with its heartbeats': { during: pauseActivity, after: resetActivity(CLEAR) },
  'pause and reset while paused': {
    during: pauseActivity,
    after: inTurn(resetActivity({ ...CLEAR, keepPaused: true }), unpauseActivity()),
  },
  reset: { during: resetActivity() },
  'reset with its heartbeats': { during: resetActivity(CLEAR) },
  'reset to its original options': { during: resetActivity({ ...CLEAR, restoreOriginalOptions: true }) },
  'more attempts': { during: allowAttempts },
  'more attempts and a reset': { during: inTurn(allowAttempts, resetActivity(CLEAR)) },
  'more attempts and a reset before the next': { during: allowAttempts, after: resetActivity(CLEAR) },
  'a failure by hand': { during: failActivity },
  'pause and unpause of the workflow': { during: pauseWorkflow, after: unpauseWorkflow },
  'reset of the workflow': { during: resetWorkflow },
  'signal-with-start': { during: signalWithStart },
  'update-with-start': { during: updateWithStart },
} as const satisfies Readonly<Record<string, OperatorAction>>;

export type OperatorActionName = keyof typeof OPERATOR_ACTIONS;

/** The pending activity of this type; `undefined` where none is pending. */
export async function findPending(handle: WorkflowHandle, activityType: string) {
  const pending = (await handle.describe()).raw.pendingActivities ?? [];
  return pending.find((activity) => activity.activityType?.name === activityType);
}

const { PendingActivityState: STATE } = temporal.api.enums.v1;

/**
 * Whether an attempt of the activity is running, as far as the server knows. `isLost`: its worker is lost, and the server
 * does not notice that before the pause of the activity ends.
 */
export async function hasAttempt({ handle, activityId }: PendingActivity, isLost: boolean): Promise<boolean> {
  const pending = (await handle.describe()).raw.pendingActivities ?? [];
  const state = pending.find((one) => one.activityId === activityId)?.state;
  return (
    state === STATE.PENDING_ACTIVITY_STATE_STARTED ||
    (state === STATE.PENDING_ACTIVITY_STATE_PAUSE_REQUESTED && !isLost)
  );
}

/** gRPC codes of an action on an activity that has ended. */
const ENDED: readonly number[] = [5, 9];

/** Carries out an action; an activity that has ended meanwhile is no error. */
export async function actUnlessEnded(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!isGrpcServiceError(error) || !ENDED.includes(error.code)) throw error;
  }
}
