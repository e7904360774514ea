import { defaultPayloadConverter } from '@temporalio/common';
import { tsToMs } from '@temporalio/common/lib/time';
import { coresdk, temporal } from '@temporalio/proto';
import { type Attempt, type AttemptOptions, type AttemptResult, startAttempt } from './attempt.js';
import type { EventQueue } from './event-queue.js';
import type { WorkerFault } from './schedule.js';

type Failure = temporal.api.failure.v1.IFailure;
export type ScheduleCommand = coresdk.workflow_commands.IScheduleActivity;
export type ActivityResolution = coresdk.activity_result.IActivityResolution;

const { TRY_CANCEL } = coresdk.workflow_commands.ActivityCancellationType;
const EXTRA_ATTEMPTS = 5;
const HEARTBEAT_TIMEOUT_MS = 30_000;
const { TIMEOUT_TYPE_HEARTBEAT } = temporal.api.enums.v1.TimeoutType;

export interface ActivityTaskContext {
  readonly queue: EventQueue;
  readonly options: Omit<AttemptOptions, 'attempt'>;
  /** Whether every attempt appears as the first one. */
  readonly alwaysFirstAttempt: boolean;
  /** The fault of the next attempt. */
  nextWorkerFault(): WorkerFault | undefined;
  /** Called when a worker is lost after an attempt, whose result is then unknown. */
  resultLost(): void;
  resolved(result: ActivityResolution): void;
}

/** An activity on the server: attempts, retries by the policy, and cancellation. */
export class ActivityTask {
  private readonly command: ScheduleCommand;
  private readonly context: ActivityTaskContext;
  private attempts = 0;
  private maxAttempts: number;
  private state: 'waiting' | 'running' | 'done' = 'waiting';
  private running: Attempt | undefined;
  private cancelRequested = false;

  constructor(command: ScheduleCommand, context: ActivityTaskContext) {
    this.command = command;
    this.context = context;
    this.maxAttempts = command.retryPolicy?.maximumAttempts ?? 0;
    this.scheduleAttempt(context.queue.nextDelayMs(100));
  }

  /** Whether a call may be running, which nothing can stop. */
  isRunning(): boolean {
    return this.state === 'running';
  }

  /** An operator changes its options. */
  raiseMaxAttempts(): void {
    if (this.maxAttempts > 0) this.maxAttempts = Math.max(this.maxAttempts, EXTRA_ATTEMPTS);
  }

  requestCancel(): void {
    if (this.state === 'done') return;
    this.cancelRequested = true;
    const { running, context } = this;
    // A worker learns of a cancellation with its next heartbeat.
    if (running !== undefined)
      context.queue.schedule(context.queue.nextDelayMs(5_000), () => {
        running.cancel();
      });
    if (this.state === 'waiting' || (this.command.cancellationType ?? TRY_CANCEL) === TRY_CANCEL) {
      this.resolve({ cancelled: { failure: createCancelledFailure(this.command) } });
    }
  }

  /** The run has ended: no further attempt, and nobody waits for the running one. */
  drop(): void {
    this.state = 'done';
    this.running?.cancel();
  }

  private scheduleAttempt(ms: number): void {
    this.state = 'waiting';
    this.context.queue.schedule(ms, () => {
      if (this.state === 'waiting') this.startAttempt();
    });
  }

  private startAttempt(): void {
    this.state = 'running';
    this.attempts += 1;
    const { queue, options, alwaysFirstAttempt } = this.context;
    const workerFault = this.context.nextWorkerFault();
    const lost = (heartbeatDetails: unknown): void => {
      queue.schedule(HEARTBEAT_TIMEOUT_MS, () => {
        this.attemptEnded({ failed: { failure: createTimeoutFailure(heartbeatDetails) } });
      });
    };
    if (workerFault === 'worker-lost-before') lost(undefined);
    else if (workerFault === 'worker-without-key')
      this.attemptEnded({ failed: { failure: UNREADABLE_PAYLOAD } });
    else {
      const attempt = startAttempt({ ...options, attempt: alwaysFirstAttempt ? 1 : this.attempts });
      this.running = attempt;
      void attempt.result.then((result) => {
        this.running = undefined;
        if (workerFault === undefined) this.attemptEnded(result);
        else {
          this.context.resultLost();
          lost(attempt.heartbeatDetails());
        }
      });
    }
  }

  private attemptEnded({ completed, cancelled: given, failed: fault }: AttemptResult): void {
    if (this.state === 'done') return;
    if (completed) this.resolve({ completed: { result: completed.result ?? null } });
    else if (given)
      this.resolve({ cancelled: { failure: createActivityFailure(this.command, given.failure ?? {}) } });
    else this.retry(fault?.failure ?? {});
  }

  private retry(failure: Failure): void {
    const { initialInterval, backoffCoefficient, maximumInterval } = this.command.retryPolicy ?? {};
    const most = this.maxAttempts;
    const info = failure.applicationFailureInfo;
    if (info?.nonRetryable === true || this.cancelRequested || (most > 0 && this.attempts >= most)) {
      // The failure of a local activity arrives unchanged.
      const { isLocal } = this.context.options;
      this.resolve({ failed: { failure: isLocal ? failure : createActivityFailure(this.command, failure) } });
      return;
    }
    const grown =
      toMsOr(1_000, initialInterval) * (backoffCoefficient ?? 2) ** Math.min(this.attempts - 1, 50);
    const wished = info?.nextRetryDelay == null ? undefined : tsToMs(info.nextRetryDelay);
    this.scheduleAttempt(wished ?? Math.min(grown, toMsOr(100_000, maximumInterval)));
  }

  private resolve(result: ActivityResolution): void {
    this.state = 'done';
    this.context.resolved(result);
  }
}

/** The server's defaults for a retry policy. */
function toMsOr(fallback: number, interval: Parameters<typeof tsToMs>[0]): number {
  return interval == null ? fallback : tsToMs(interval);
}

/** The failure of a cancelled activity. */
export function createCancelledFailure(command: ScheduleCommand): Failure {
  return createActivityFailure(command, { canceledFailureInfo: {} });
}

function createTimeoutFailure(heartbeatDetails: unknown): Failure {
  const details = heartbeatDetails === undefined ? [] : [defaultPayloadConverter.toPayload(heartbeatDetails)];
  return {
    timeoutFailureInfo: {
      timeoutType: TIMEOUT_TYPE_HEARTBEAT,
      lastHeartbeatDetails: { payloads: details },
    },
  };
}

function createActivityFailure({ activityType, activityId }: ScheduleCommand, cause: Failure): Failure {
  const about = { activityType: { name: activityType ?? '' }, activityId: activityId ?? '' };
  return { message: 'Activity task failed', activityFailureInfo: about, cause };
}

const UNREADABLE_PAYLOAD: Failure = {
  message: 'this worker has no key named two',
  applicationFailureInfo: { type: 'UnreadablePayloadError' },
};

/** The arguments of an activity's function. */
export function decodeArguments(command: ScheduleCommand): unknown[] {
  return (command.arguments ?? []).map((payload) => defaultPayloadConverter.fromPayload(payload));
}
