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

export interface AttemptOptions {
  readonly activity: string;
  readonly run: ActivityFunction;
  readonly args: unknown[];
  readonly attempt: number;
  readonly workflowId: string;
  readonly runId: string;
  readonly isLocal: boolean;
}

/** One attempt of an activity, run by the SDK's worker. */
export interface Attempt {
  readonly result: Promise<AttemptResult>;
  /** The details of its last confirmed heartbeat. */
  heartbeatDetails(): unknown;
  cancel(): void;
}

const logger = new DefaultLogger('ERROR', () => undefined);
const converter = {
  payloadConverter: defaultPayloadConverter,
  failureConverter: defaultFailureConverter,
  payloadCodecs: [],
};

export function startAttempt(options: AttemptOptions): Attempt {
  const { activity, run, args, attempt, workflowId, runId, isLocal } = options;
  const context = {
    activityId: activity,
    activityType: activity,
    attempt,
    activityNamespace: 'default',
    workflowNamespace: 'default',
    namespace: 'default',
    workflowExecution: { workflowId, runId },
    workflowType: 'signingSession',
    inWorkflow: true,
    isLocal,
    taskQueue: 'signing',
    heartbeatDetails: undefined,
    taskToken: new Uint8Array(),
    base64TaskToken: '',
    scheduledTimestampMs: 0,
    currentAttemptScheduledTimestampMs: 0,
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
  let heartbeatDetails: unknown;
  const client = {
    withAbortSignal: <Result>(_: AbortSignal, run: () => Result) => run(),
    withDeadline: <Result>(_: number, send: () => Result) => send(),
    activity: {
      heartbeat: (_: Uint8Array, details: unknown) => {
        heartbeatDetails = details;
        return Promise.resolve();
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
    heartbeatDetails: () => heartbeatDetails,
    cancel: () => {
      worker.cancel('CANCELLED', new ActivityCancellationDetails({ cancelRequested: true }));
    },
  };
}
