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
const EXTRA_ATTEMPTS = 2;
const HEARTBEAT_TIMEOUT_MS = 30_000;
const SHORT_HEARTBEAT_TIMEOUT_MS = 1_000;
const HEARTBEAT_INTERVAL_MS = 5_000;
/** Longer than the heartbeat timeout. */
const STALL_MS = 45_000;
const { TIMEOUT_TYPE_HEARTBEAT } = temporal.api.enums.v1.TimeoutType;
/** The name of this timeout among a policy's non-retryable error types. */
const HEARTBEAT_TIMEOUT = 'TemporalTimeout:Heartbeat';

export interface ActivityTaskContext {
  readonly queue: EventQueue;
  readonly options: Omit<AttemptOptions, 'timing' | 'confirmHeartbeat'>;
  /** Whether every attempt appears as the first one. */
  readonly alwaysFirstAttempt: boolean;
  /** Whether a stalled worker that resumes can do no harm; of other activities no attempt stalls. */
  readonly canStall: boolean;
  /** Whether an operator has paused the workflow: no attempt starts. */
  isWorkflowPaused(): boolean;
  /** The fault of the next attempt. */
  nextWorkerFault(): WorkerFault | undefined;
  /** Called when a worker is lost after an attempt, whose result is then unknown. */
  resultLost(): void;
  resolved(result: ActivityResolution): void;
}

/**
 * An activity on the server: attempts, retries by the policy, cancellation, and what an operator does to it. It follows
 * server 1.32: a running attempt continues whatever an operator does, it does not time out during a pause, and a paused
 * activity whose attempt fails gets another one, even where the policy allows none.
 */
export class ActivityTask {
  private readonly command: ScheduleCommand;
  private readonly context: ActivityTaskContext;
  /** The number of the attempt that runs, or that is scheduled. */
  private attempt = 1;
  private maxAttempts: number;
  private state: 'scheduled' | 'started' | 'done' = 'scheduled';
  private running: Attempt | undefined;
  private cancelRequested = false;
  private isPaused = false;
  /** An attempt has timed out during a pause, which the server notices only after it. */
  private isOverdue = false;
  /** Counts the schedules and starts, of which only the last is valid. */
  private stamp = 0;
  private heartbeatDetails: unknown;
  /** A reset clears the heartbeat details with the next schedule. */
  private clearsHeartbeat = false;
  private readonly firstScheduledAt: number;
  private scheduledAt: number;

  constructor(command: ScheduleCommand, context: ActivityTaskContext) {
    this.command = command;
    this.context = context;
    this.maxAttempts = command.retryPolicy?.maximumAttempts ?? 0;
    this.firstScheduledAt = this.scheduledAt = context.queue.now;
    this.startAfter(context.queue.nextDelayMs(100));
  }

  /** Whether a call may be running, which nothing can stop. */
  isRunning(): boolean {
    return this.state === 'started';
  }

  requestCancel(): void {
    if (this.state === 'done') return;
    this.cancelRequested = true;
    this.tellWorker('CANCELLED');
    if (this.state === 'scheduled' || (this.command.cancellationType ?? TRY_CANCEL) === TRY_CANCEL) {
      this.resolve({ cancelled: { failure: createCancelledFailure(this.command) } });
    }
  }

  /** The run has ended: no further attempt, and nobody waits for the running one. */
  drop(): void {
    this.state = 'done';
    this.running?.cancel('CANCELLED');
  }

  /** The workflow is no longer paused. */
  resume(): void {
    if (this.state === 'scheduled' && !this.isPaused)
      this.startAfter(this.scheduledAt - this.context.queue.now);
  }

  /** As `temporal activity pause`. */
  pause(): void {
    if (!this.isOperable() || this.isPaused) return;
    this.isPaused = true;
    if (this.state === 'scheduled') this.stamp += 1;
    this.tellWorker('PAUSED');
  }

  /** As `temporal activity unpause`; `clears`: with `--reset-attempts --reset-heartbeats` of an older CLI. */
  unpause(clears: boolean): void {
    if (!this.isOperable() || !this.isPaused) return;
    if (clears) this.attempt = 1;
    // An attempt that runs may have made its call: the older CLI's flag is documented as harmful.
    if (clears && this.state === 'scheduled') this.heartbeatDetails = undefined;
    this.endPause();
    if (this.state === 'scheduled') this.schedule(0);
  }

  /** As `temporal activity reset`; `clears`: with `--clear-heartbeat-details`. */
  reset({ clears, keepsPaused }: { readonly clears: boolean; readonly keepsPaused: boolean }): void {
    if (!this.isOperable()) return;
    const isTokenLost = this.attempt !== 1;
    this.attempt = 1;
    this.clearsHeartbeat ||= clears;
    if (!keepsPaused) this.endPause();
    if (this.state === 'started') {
      this.tellWorker('RESET');
      // The server accepts nothing more from an attempt with another number.
      if (isTokenLost) this.timeOutAfter(HEARTBEAT_TIMEOUT_MS);
    } else if (!this.isPaused) this.schedule(0);
  }

  /** As `temporal activity update-options` with more attempts. */
  raiseMaxAttempts(): void {
    if (this.maxAttempts > 0) this.maxAttempts = Math.max(this.maxAttempts, EXTRA_ATTEMPTS);
  }

  /** As `temporal activity update-options` with a heartbeat timeout below the pause between two heartbeats. */
  shortenHeartbeatTimeout(): void {
    if (this.isOperable() && this.state === 'started') this.timeOutAfter(SHORT_HEARTBEAT_TIMEOUT_MS);
  }

  /** As `temporal activity fail`. */
  failByHand(): void {
    if (!this.isOperable() || this.state !== 'started') return;
    this.attemptFailed({ message: 'by hand', applicationFailureInfo: { nonRetryable: true } });
  }

  private endPause(): void {
    this.isPaused = false;
    if (this.isOverdue) this.timeOutAfter(0);
    this.isOverdue = false;
  }

  private isOperable(): boolean {
    return this.state !== 'done' && !this.context.options.isLocal;
  }

  /** A worker learns of a cancellation, a pause or a reset with its next heartbeat. */
  private tellWorker(reason: Parameters<Attempt['cancel']>[0]): void {
    const { running, context } = this;
    if (running === undefined) return;
    context.queue.schedule(context.queue.nextDelayMs(HEARTBEAT_INTERVAL_MS), () => {
      running.cancel(reason);
    });
  }

  private schedule(ms: number): void {
    this.state = 'scheduled';
    this.scheduledAt = this.context.queue.now + ms;
    if (this.clearsHeartbeat) this.heartbeatDetails = undefined;
    this.clearsHeartbeat = false;
    this.startAfter(ms);
  }

  private startAfter(ms: number): void {
    const stamp = (this.stamp += 1);
    this.context.queue.schedule(ms, () => {
      if (this.state === 'scheduled' && this.stamp === stamp && !this.context.isWorkflowPaused())
        this.start();
    });
  }

  private start(): void {
    this.state = 'started';
    this.stamp += 1;
    this.isOverdue = false;
    const { attempt, context } = this;
    const workerFault = context.nextWorkerFault();
    if (workerFault === 'worker-without-key') this.attemptFailed(UNREADABLE_PAYLOAD);
    else if (workerFault === undefined || workerFault === 'worker-lost-after') {
      this.run(attempt, workerFault === 'worker-lost-after');
    } else {
      this.timeOutAfter(HEARTBEAT_TIMEOUT_MS);
      if (workerFault === 'worker-lost-before' || !context.canStall) return;
      const stalled = this.createAttemptOptions(attempt);
      context.queue.schedule(STALL_MS, () => void startAttempt(stalled));
    }
  }

  private run(attempt: number, losesResult: boolean): void {
    const running = startAttempt(this.createAttemptOptions(attempt));
    this.running = running;
    void running.result.then((result) => {
      if (this.running === running) this.running = undefined;
      if (losesResult) this.context.resultLost();
      if (!this.isCurrent(attempt)) return;
      if (losesResult) this.timeOutAfter(HEARTBEAT_TIMEOUT_MS);
      else this.attemptEnded(result);
    });
  }

  private createAttemptOptions(attempt: number): AttemptOptions {
    const { options, alwaysFirstAttempt } = this.context;
    return {
      ...options,
      timing: {
        attempt: alwaysFirstAttempt ? 1 : attempt,
        heartbeatDetails: this.heartbeatDetails,
        scheduledTimestampMs: this.firstScheduledAt,
        currentAttemptScheduledTimestampMs: alwaysFirstAttempt ? this.firstScheduledAt : this.scheduledAt,
      },
      confirmHeartbeat: (details) => {
        if (!this.isCurrent(attempt)) throw new Error('the server does not know this attempt');
        this.heartbeatDetails = details;
      },
    };
  }

  /** By its number alone: after a reset of the activity, an attempt that has timed out can be current again. */
  private isCurrent(attempt: number): boolean {
    return this.state === 'started' && this.attempt === attempt;
  }

  private timeOutAfter(ms: number): void {
    const { stamp } = this;
    this.context.queue.schedule(ms, () => {
      if (this.state !== 'started' || this.stamp !== stamp) return;
      if (this.isPaused) this.isOverdue = true;
      else this.attemptFailed(createTimeoutFailure(this.heartbeatDetails));
    });
  }

  private attemptEnded({ completed, cancelled: given, failed: fault }: AttemptResult): void {
    if (completed) this.resolve({ completed: { result: completed.result ?? null } });
    else if (given)
      this.resolve({ cancelled: { failure: createActivityFailure(this.command, given.failure ?? {}) } });
    else this.attemptFailed(fault?.failure ?? {});
  }

  private attemptFailed(failure: Failure): void {
    const isExhausted = this.maxAttempts > 0 && this.attempt >= this.maxAttempts;
    if (this.cancelRequested || !this.isRetryable(failure) || (isExhausted && !this.isPaused)) {
      // The failure of a local activity arrives unchanged.
      const { isLocal } = this.context.options;
      this.resolve({ failed: { failure: isLocal ? failure : createActivityFailure(this.command, failure) } });
      return;
    }
    const failedAttempts = this.attempt;
    this.attempt += 1;
    if (this.isPaused) {
      this.state = 'scheduled';
      this.stamp += 1;
    } else this.schedule(this.retryPauseMs(failure, failedAttempts));
  }

  private isRetryable({ applicationFailureInfo, timeoutFailureInfo }: Failure): boolean {
    const excluded = this.command.retryPolicy?.nonRetryableErrorTypes ?? [];
    if (timeoutFailureInfo != null) return !excluded.includes(HEARTBEAT_TIMEOUT);
    return (
      applicationFailureInfo?.nonRetryable !== true && !excluded.includes(applicationFailureInfo?.type ?? '')
    );
  }

  private retryPauseMs({ applicationFailureInfo: info }: Failure, failedAttempts: number): number {
    const { initialInterval, backoffCoefficient, maximumInterval } = this.command.retryPolicy ?? {};
    const grown =
      toMsOr(1_000, initialInterval) * (backoffCoefficient ?? 2) ** Math.min(failedAttempts - 1, 50);
    const wished = info?.nextRetryDelay == null ? undefined : tsToMs(info.nextRetryDelay);
    return wished ?? Math.min(grown, toMsOr(100_000, maximumInterval));
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
