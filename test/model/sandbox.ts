import { TypedSearchAttributes } from '@temporalio/common';
import { parseWorkflowCode } from '@temporalio/worker/lib/worker';
import type { Workflow, WorkflowCreator } from '@temporalio/worker/lib/workflow/interface';
import { ReusableVMWorkflowCreator } from '@temporalio/worker/lib/workflow/reusable-vm';
import { globalHandlers } from '@temporalio/worker/lib/workflow/vm-shared';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** The workflow as the worker runs it. */
export const readWorkflowBundle = (): string => readFileSync(resolve('dist/workflow-bundle.js'), 'utf8');

/** The identity of a workflow run. Times in milliseconds since 1970. */
export interface RunIdentity {
  readonly workflowId: string;
  readonly runId: string;
  /** The seed of its random numbers; after a reset that of the earlier run, until the reset point. */
  readonly seed: number[];
  readonly firstRunId: string;
  readonly continuedFrom?: string;
  readonly startedAt: number;
}

/**
 * The SDK's sandbox for workflow code with the bundle, as in a worker. It runs in this thread and without a time limit, since
 * a thread that watches it would take most of the time.
 */
export class Sandbox {
  private readonly creator: WorkflowCreator;

  private constructor(creator: WorkflowCreator) {
    this.creator = creator;
  }

  static async load(code: string, activities: readonly string[]): Promise<Sandbox> {
    // Stack traces of promises serve the Temporal UI and cost more than everything else.
    globalHandlers.installed = true;
    const unlimited = undefined as unknown as number;
    const creator = await ReusableVMWorkflowCreator.create(
      parseWorkflowCode(code),
      unlimited,
      new Set(activities),
    );
    return new Sandbox(creator);
  }

  /** A new instance of the workflow; the caller disposes of it. */
  createWorkflow({
    workflowId,
    runId,
    seed,
    firstRunId,
    continuedFrom,
    startedAt,
  }: RunIdentity): Promise<Workflow> {
    return this.creator.createWorkflow({
      info: {
        workflowId,
        runId,
        workflowType: 'signingSession',
        firstExecutionRunId: firstRunId,
        originalExecutionRunId: runId,
        ...(continuedFrom === undefined ? {} : { continuedFromExecutionRunId: continuedFrom }),
        startTime: new Date(startedAt),
        runStartTime: new Date(startedAt),
        attempt: 1,
        taskQueue: 'signing',
        namespace: 'default',
        historyLength: 0,
        historySize: 0,
        continueAsNewSuggested: false,
        targetWorkerDeploymentVersionChanged: false,
        taskTimeoutMs: 10_000,
        ...NO_ATTRIBUTES,
        unsafe: UNSAFE,
      },
      randomnessSeed: seed,
      now: startedAt,
      showStackTraceSources: false,
    });
  }

  destroy(): Promise<void> {
    return this.creator.destroy();
  }
}

const NO_ATTRIBUTES = { searchAttributes: {}, typedSearchAttributes: new TypedSearchAttributes() };

const UNSAFE = {
  isReplaying: false,
  isReplayingHistoryEvents: false,
  now: Date.now,
  // The sandbox sets its own.
  random: { random: Math.random, uuid4: () => '', fillRandom: (bytes: Uint8Array) => bytes },
};
