import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { TypedSearchAttributes } from '@temporalio/common';
import { parseWorkflowCode } from '@temporalio/worker/lib/worker';
import { ReusableVMWorkflowCreator } from '@temporalio/worker/lib/workflow/reusable-vm';
import type { Workflow, WorkflowCreator } from '@temporalio/worker/lib/workflow/interface';
import { globalHandlers } from '@temporalio/worker/lib/workflow/vm-shared';

/** The workflow as the worker runs it. */
export const readWorkflowBundle = (): string => readFileSync(resolve('dist/workflow-bundle.js'), 'utf8');

/** Which run of which workflow, as the server tells it. Times in milliseconds since 1970. */
export interface RunIdentity {
  readonly workflowId: string;
  readonly runId: string;
  /** What its random numbers begin with; those of a run that was started over, until then as before. */
  readonly seed: number[];
  readonly firstRunId: string;
  readonly continuedFrom?: string;
  readonly startedAt: number;
}

/**
 * The SDK's own sandbox for workflow code, with the bundle in it, as every worker has one: here in this very thread and
 * without a limit of time, since a thread that watches it would take most of the time itself.
 */
export class Sandbox {
  private readonly creator: WorkflowCreator;

  private constructor(creator: WorkflowCreator) {
    this.creator = creator;
  }

  static async load(code: string, activities: readonly string[]): Promise<Sandbox> {
    // Stack traces of promises are for the Temporal UI, and cost more than all the rest.
    globalHandlers.installed = true;
    const unlimited = undefined as unknown as number;
    const creator = await ReusableVMWorkflowCreator.create(
      parseWorkflowCode(code),
      unlimited,
      new Set(activities),
    );
    return new Sandbox(creator);
  }

  /** A fresh instance of the workflow, to be disposed of. */
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
  // The sandbox puts its own in place.
  random: { random: Math.random, uuid4: () => '', fillRandom: (bytes: Uint8Array) => bytes },
};
