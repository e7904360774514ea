import type { Client } from '@temporalio/client';
import {
  ActivityCancellationDetails,
  type ActivityFunction,
  defaultFailureConverter,
  defaultPayloadConverter,
  noopMetricMeter,
} from '@temporalio/common';
import type { coresdk } from '@temporalio/proto';
import { DefaultLogger } from '@temporalio/worker';
import { Activity } from '@temporalio/worker/lib/activity';

export type AttemptResult = coresdk.activity_result.IActivityExecutionResult;

/** What the server tells a worker about an attempt. */
export interface AttemptTiming {
  readonly attempt: number;
  /** Those of the attempt before. */
  readonly heartbeatDetails: unknown;
  /** When the activity was scheduled first, and for this attempt, in milliseconds since 1970. */
  readonly scheduledTimestampMs: number;
  readonly currentAttemptScheduledTimestampMs: number;
}

export interface AttemptOptions {
  readonly activity: string;
  readonly run: ActivityFunction;
  readonly args: unknown[];
  readonly timing: AttemptTiming;
  readonly workflowId: string;
  readonly runId: string;
  readonly isLocal: boolean;
  /** Records a heartbeat. @throws Error where the server does not accept it */
  readonly confirmHeartbeat: (details: unknown) => void;
}

/** One attempt of an activity, run by the SDK's worker. */
export interface Attempt {
  readonly result: Promise<AttemptResult>;
  cancel(reason: keyof typeof CANCELLATIONS): void;
}

/** Why a worker cancels an attempt, and what the activity can learn of it. */
const CANCELLATIONS = {
  CANCELLED: { cancelRequested: true },
  PAUSED: { paused: true },
  RESET: { reset: true },
} as const;

const logger = new DefaultLogger('ERROR', () => undefined);
const converter = {
  payloadConverter: defaultPayloadConverter,
  failureConverter: defaultFailureConverter,
  payloadCodecs: [],
};

export function startAttempt(options: AttemptOptions): Attempt {
  const { activity, run, args, timing, workflowId, runId, isLocal, confirmHeartbeat } = options;
  const context = {
    activityId: activity,
    activityType: activity,
    ...timing,
    activityNamespace: 'default',
    workflowNamespace: 'default',
    namespace: 'default',
    workflowExecution: { workflowId, runId },
    workflowType: 'signingSession',
    inWorkflow: true,
    isLocal,
    taskQueue: 'signing',
    taskToken: new Uint8Array(),
    base64TaskToken: '',
    startToCloseTimeoutMs: 0,
    scheduleToCloseTimeoutMs: 0,
  };
  const logAttributes = {
    type: 'activity',
    namespace: 'default',
    workflowId,
    activityId: activity,
    isLocal,
  } as const;
  const client = {
    withAbortSignal: <Result>(_: AbortSignal, run: () => Result) => run(),
    withDeadline: <Result>(_: number, send: () => Result) => send(),
    activity: {
      heartbeat: async (_: Uint8Array, details: unknown) => {
        await Promise.resolve();
        confirmHeartbeat(details);
      },
    },
  };
  const worker = new Activity(
    context,
    run,
    converter,
    logAttributes,
    undefined,
    () => undefined,
    client as unknown as Client,
    logger,
    noopMetricMeter,
    [],
  );
  return {
    result: worker.run({ args, headers: {} }),
    cancel: (reason) => {
      worker.cancel(reason, new ActivityCancellationDetails(CANCELLATIONS[reason]));
    },
  };
}
