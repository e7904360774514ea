import type { ActivityFunction } from '@temporalio/common';
import type { Workflow } from '@temporalio/worker/lib/workflow/interface';
import type { SigningStatus } from '../../src/domain/status.js';
import { ActivityTask, type ScheduleCommand, decodeArguments } from './activity-task.js';
import { type Command, decodeStatus, decodeText } from './commands.js';
import type { EventQueue } from './event-queue.js';
import type { Recording } from './recording.js';
import { type Job, RunHistory, TaskFailedError, queryStatus } from './run-history.js';
import type { RunIdentity } from './sandbox.js';
import type { WorkerFault } from './schedule.js';

const NON_IDEMPOTENT_ACTIVITIES = ['initiateSession', 'attachDocument', 'handOverSession'];

export interface RunContext {
  readonly queue: EventQueue;
  readonly recording: Recording;
  readonly activities: Readonly<Record<string, ActivityFunction>>;
  /** Whether every attempt of an activity appears as the first one. */
  readonly alwaysFirstAttempt: boolean;
  /** Whether an operator has paused the workflow. */
  isWorkflowPaused(): boolean;
  /** The fault of the next attempt of any activity. */
  nextWorkerFault(): WorkerFault | undefined;
  /** Adds a job to the next workflow task of this run. Does nothing where another run has replaced it. */
  enqueueJob(run: SimulatedRun, job: Job): void;
}

/** One run of the workflow, with its timers and activities. */
export class SimulatedRun {
  readonly jobs: Job[] = [];
  readonly timers = new Map<number, { readonly summary: string }>();
  readonly tasks = new Map<number, ActivityTask>();
  readonly identity: RunIdentity;
  readonly history: RunHistory;
  workflow: Workflow;
  private readonly context: RunContext;

  constructor(context: RunContext, identity: RunIdentity, workflow: Workflow, history = new RunHistory()) {
    this.context = context;
    this.identity = identity;
    this.workflow = workflow;
    this.history = history;
  }

  hasRunningActivity(): boolean {
    return [...this.tasks.values()].some((task) => task.isRunning());
  }

  dropActivities(): void {
    for (const task of this.tasks.values()) task.drop();
  }

  startTimer(command: Command, ms: number): void {
    const seq = command.startTimer?.seq ?? 0;
    const timer = { summary: decodeText(command.userMetadata?.summary) };
    this.timers.set(seq, timer);
    this.context.queue.schedule(ms, () => {
      if (this.timers.get(seq) === timer) this.context.enqueueJob(this, { fireTimer: { seq } });
    });
  }

  scheduleActivity(command: ScheduleCommand, isLocal: boolean): void {
    const activity = command.activityType ?? '';
    const seq = command.seq ?? 0;
    const { context, identity } = this;
    const task = new ActivityTask(command, {
      queue: context.queue,
      options: {
        activity,
        run: context.activities[activity] ?? rejectUnknownActivity,
        args: decodeArguments(command),
        workflowId: identity.workflowId,
        runId: identity.runId,
        isLocal,
      },
      alwaysFirstAttempt: context.alwaysFirstAttempt,
      canStall: activity === 'initiateSession',
      isWorkflowPaused: () => context.isWorkflowPaused(),
      nextWorkerFault: () => context.nextWorkerFault(),
      resultLost: () => {
        if (NON_IDEMPOTENT_ACTIVITIES.includes(activity)) context.recording.markLastCallUnknown();
      },
      resolved: (result) => {
        context.enqueueJob(this, { resolveActivity: { seq, result } });
      },
    });
    this.tasks.set(seq, task);
  }

  /**
   * Resumes what is pending after a reset: timers, and activities from their first attempt. Returns the state in the search
   * attribute.
   */
  resumePending(): string | undefined {
    const { timers, activities, shownState } = this.history.findPending();
    for (const { command, dueAt } of timers) this.startTimer(command, dueAt - this.context.queue.now);
    for (const { command, isLocal, isCancelled } of activities) {
      this.scheduleActivity(command, isLocal);
      if (isCancelled) this.tasks.get(command.seq ?? 0)?.requestCancel();
    }
    return shownState;
  }

  async readStatus(): Promise<SigningStatus> {
    const answer = await queryStatus(this.workflow, this.identity.runId);
    const response = answer?.respondToQuery?.succeeded?.response;
    if (response == null) throw new TaskFailedError('the query status was not answered');
    return decodeStatus(response);
  }
}

/** The seed of a run's random numbers. */
export function createSeed(runId: string): number[] {
  return [...Buffer.from(runId)];
}

type Seed = NonNullable<NonNullable<Job['updateRandomSeed']>['randomnessSeed']>;

/** The SDK reads only its bytes. */
export function toLong(seed: number[]): Seed {
  return { toBytes: () => seed } as unknown as Seed;
}

const rejectUnknownActivity = (): never => {
  throw new Error('there is no such activity');
};
