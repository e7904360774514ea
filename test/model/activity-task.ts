import { defaultPayloadConverter } from '@temporalio/common';
import { tsToMs } from '@temporalio/common/lib/time';
import { coresdk, temporal } from '@temporalio/proto';
import { startAttempt, type Attempt, type AttemptOptions, type AttemptResult } from './attempt.js';
import type { Agenda } from './agenda.js';
import type { Mishap } from './schedule.js';

type Failure = temporal.api.failure.v1.IFailure;
export type Asked = coresdk.workflow_commands.IScheduleActivity;
export type Resolved = coresdk.activity_result.IActivityResolution;

const { TRY_CANCEL } = coresdk.workflow_commands.ActivityCancellationType;
const MORE_ATTEMPTS = 5;
const LOST_AFTER_MS = 30_000;
const { TIMEOUT_TYPE_HEARTBEAT } = temporal.api.enums.v1.TimeoutType;

export interface TaskSurroundings {
  readonly agenda: Agenda;
  readonly options: Omit<AttemptOptions, 'attempt'>;
  /** Whether every attempt is said to be the first one. */
  readonly hidesAttempts: boolean;
  /** What befalls the next attempt. */
  nextMishap(): Mishap | undefined;
  /** The worker was lost after an attempt had run, so that nobody knows what it did. */
  forgotten(): void;
  resolved(result: Resolved): void;
}

/** An activity as the server sees it through: attempts, their retries by the policy, and cancellation. */
export class ActivityTask {
  private readonly asked: Asked;
  private readonly around: TaskSurroundings;
  private attempts = 0;
  private attemptsAllowed: number;
  private state: 'waiting' | 'running' | 'done' = 'waiting';
  private running: Attempt | undefined;
  private cancelRequested = false;

  constructor(asked: Asked, around: TaskSurroundings) {
    this.asked = asked;
    this.around = around;
    this.attemptsAllowed = asked.retryPolicy?.maximumAttempts ?? 0;
    this.wait(around.agenda.nextPaceMs(100));
  }

  /** Whether a call may be on its way that nothing can hold back. */
  isRunning(): boolean {
    return this.state === 'running';
  }

  /** An operator changes its options. */
  allowAttempts(): void {
    if (this.attemptsAllowed > 0) this.attemptsAllowed = Math.max(this.attemptsAllowed, MORE_ATTEMPTS);
  }

  requestCancel(): void {
    if (this.state === 'done') return;
    this.cancelRequested = true;
    const { running, around } = this;
    // A worker learns of a cancellation with its next heartbeat.
    if (running !== undefined)
      around.agenda.after(around.agenda.nextPaceMs(5_000), () => {
        running.cancel();
      });
    if (this.state === 'waiting' || (this.asked.cancellationType ?? TRY_CANCEL) === TRY_CANCEL) {
      this.resolve({ cancelled: { failure: cancelled(this.asked) } });
    }
  }

  /** The run is over: no further attempt, and nobody waits for the one that is running. */
  drop(): void {
    this.state = 'done';
    this.running?.cancel();
  }

  private wait(ms: number): void {
    this.state = 'waiting';
    this.around.agenda.after(ms, () => {
      if (this.state === 'waiting') this.begin();
    });
  }

  private begin(): void {
    this.state = 'running';
    this.attempts += 1;
    const { agenda, options, hidesAttempts } = this.around;
    const mishap = this.around.nextMishap();
    const lost = (heartbeatDetails: unknown): void => {
      agenda.after(LOST_AFTER_MS, () => {
        this.ended({ failed: { failure: timedOut(heartbeatDetails) } });
      });
    };
    if (mishap === 'worker-lost-before') lost(undefined);
    else if (mishap === 'worker-without-key') this.ended({ failed: { failure: UNREADABLE } });
    else {
      const attempt = startAttempt({ ...options, attempt: hidesAttempts ? 1 : this.attempts });
      this.running = attempt;
      void attempt.result.then((result) => {
        this.running = undefined;
        if (mishap === undefined) this.ended(result);
        else {
          this.around.forgotten();
          lost(attempt.heartbeatDetails());
        }
      });
    }
  }

  private ended({ completed, cancelled: given, failed: fault }: AttemptResult): void {
    if (this.state === 'done') return;
    if (completed) this.resolve({ completed: { result: completed.result ?? null } });
    else if (given) this.resolve({ cancelled: { failure: failed(this.asked, given.failure ?? {}) } });
    else this.retry(fault?.failure ?? {});
  }

  private retry(failure: Failure): void {
    const { initialInterval, backoffCoefficient, maximumInterval } = this.asked.retryPolicy ?? {};
    const most = this.attemptsAllowed;
    const told = failure.applicationFailureInfo;
    if (told?.nonRetryable === true || this.cancelRequested || (most > 0 && this.attempts >= most)) {
      // What is wrong with a local one arrives as it is.
      const { isLocal } = this.around.options;
      this.resolve({ failed: { failure: isLocal ? failure : failed(this.asked, failure) } });
      return;
    }
    const grown = msOr(1_000, initialInterval) * (backoffCoefficient ?? 2) ** Math.min(this.attempts - 1, 50);
    const wished = told?.nextRetryDelay == null ? undefined : tsToMs(told.nextRetryDelay);
    this.wait(wished ?? Math.min(grown, msOr(100_000, maximumInterval)));
  }

  private resolve(result: Resolved): void {
    this.state = 'done';
    this.around.resolved(result);
  }
}

/** What the server takes where a policy does not say it. */
function msOr(fallback: number, interval: Parameters<typeof tsToMs>[0]): number {
  return interval == null ? fallback : tsToMs(interval);
}

/** The end of an activity that was cancelled. */
export function cancelled(asked: Asked): Failure {
  return failed(asked, { canceledFailureInfo: {} });
}

function timedOut(heartbeatDetails: unknown): Failure {
  const details = heartbeatDetails === undefined ? [] : [defaultPayloadConverter.toPayload(heartbeatDetails)];
  return {
    timeoutFailureInfo: {
      timeoutType: TIMEOUT_TYPE_HEARTBEAT,
      lastHeartbeatDetails: { payloads: details },
    },
  };
}

function failed({ activityType, activityId }: Asked, cause: Failure): Failure {
  const about = { activityType: { name: activityType ?? '' }, activityId: activityId ?? '' };
  return { message: 'Activity task failed', activityFailureInfo: about, cause };
}

const UNREADABLE: Failure = {
  message: 'this worker has no key named two',
  applicationFailureInfo: { type: 'UnreadablePayloadError' },
};

/** The arguments of an activity, as its function gets them. */
export function argumentsOf(asked: Asked): unknown[] {
  return (asked.arguments ?? []).map((payload) => defaultPayloadConverter.fromPayload(payload));
}
