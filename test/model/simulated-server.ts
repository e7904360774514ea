import { randomUUID } from 'node:crypto';
import type { ActivityFunction } from '@temporalio/common';
import { msToTs, tsToMs } from '@temporalio/common/lib/time';
import type { Workflow } from '@temporalio/worker/lib/workflow/interface';
import type { SigningStatus } from '../../src/domain/status.js';
import {
  ActivityTask,
  decodeArguments,
  createCancelledFailure,
  type ScheduleCommand,
} from './activity-task.js';
import type { EventQueue } from './event-queue.js';
import {
  getScheduleCommand,
  decodeStatus,
  encode,
  getUpsertedState,
  getCancelRequest,
  getCancelledSeqs,
  decodeText,
  type Payload,
  type Command,
} from './commands.js';
import type { End, RecordedMessage, Recording } from './recording.js';
import { sortJobs, queryStatus, RunHistory, TaskFailedError, type Job } from './run-history.js';
import type { RunIdentity, Sandbox } from './sandbox.js';
import type { WorkerFault } from './schedule.js';

const NON_IDEMPOTENT_ACTIVITIES = ['initiateSession', 'attachDocument', 'handOverSession'];
const DEADLINE_TIMER = 'Deadline';

export interface SimulatedServerOptions {
  readonly sandbox: Sandbox;
  readonly queue: EventQueue;
  readonly recording: Recording;
  readonly activities: Readonly<Record<string, ActivityFunction>>;
  /** Whether every attempt of an activity appears as the first one. */
  readonly alwaysFirstAttempt: boolean;
  /** The fault of the n-th attempt, counted from 0 over all activities. */
  readonly workerFaultAt: (attempt: number) => WorkerFault | undefined;
  /** Called with each status that a client could see. */
  readonly onStatus: (status: SigningStatus) => void;
}

/** One run of the workflow. */
interface Run {
  readonly identity: RunIdentity;
  readonly jobs: Job[];
  readonly timers: Map<number, { readonly summary: string }>;
  readonly tasks: Map<number, ActivityTask>;
  history: RunHistory;
  workflow: Workflow;
}

/**
 * A minimal Temporal server and worker for one workflow: workflow tasks, timers, activities, messages, continue-as-new,
 * resets. The workflow, its sandbox and the activities are the real ones.
 */
export class SimulatedServer {
  /** What a client sees now. */
  status: SigningStatus | undefined;
  closed = false;
  private readonly options: SimulatedServerOptions;
  private readonly updates = new Map<string, RecordedMessage>();
  private run: Run | undefined;
  private isTaskScheduled = false;
  private evicted = false;
  private continueAsNewSuggested = false;
  private attempts = 0;
  private shownState: string | undefined;

  constructor(options: SimulatedServerOptions) {
    this.options = options;
  }

  async start(workflowId: string, input: unknown): Promise<void> {
    const runId = randomUUID();
    const startedAt = this.options.queue.now;
    await this.startRun({ workflowId, runId, seed: createSeed(runId), firstRunId: runId, startedAt }, [
      encode(input),
    ]);
  }

  signal(signalName: string): void {
    this.enqueueJob({ signalWorkflow: { signalName, input: [], headers: {} } });
  }

  cancel(): void {
    this.enqueueJob({ cancelWorkflow: { reason: '' } });
  }

  update(name: string, input: unknown, message: RecordedMessage): void {
    const id = randomUUID();
    this.updates.set(id, message);
    this.enqueueJob({
      doUpdate: {
        id,
        protocolInstanceId: id,
        name,
        input: [encode(input)],
        headers: {},
        runValidator: true,
      },
    });
  }

  /** The next task rebuilds the workflow from its history. */
  evict(): void {
    this.evicted = true;
  }

  suggestContinueAsNew(): void {
    this.continueAsNewSuggested = true;
  }

  /** As `temporal activity update-options` does to every pending activity. */
  raiseMaxAttempts(): void {
    for (const task of this.run?.tasks.values() ?? []) task.raiseMaxAttempts();
  }

  /** Resets the workflow by a number of tasks, as an operator can, unless a call runs that must not be doubled. */
  async reset(tasks: number): Promise<void> {
    const { run } = this;
    if (run === undefined || this.closed || run.history.length <= tasks) return;
    if ([...run.tasks.values()].some((runTask) => runTask.isRunning())) return;
    this.dropActivities(run);
    await run.workflow.dispose();
    this.options.recording.reset();
    const identity = { ...run.identity, runId: randomUUID() };
    const workflow = await this.options.sandbox.createWorkflow(identity);
    const history = run.history.prefix(run.history.length - tasks);
    const resetRun = createRun(identity, workflow, history);
    this.run = resetRun;
    await this.endOnTaskFailure(async () => {
      await history.replay(workflow, identity.runId);
      // From here on the new run has other random numbers than the one it replaces.
      resetRun.jobs.push({ updateRandomSeed: { randomnessSeed: toLong(createSeed(identity.runId)) } });
      this.resumePending(resetRun);
      this.publishStatus(await readStatus(resetRun));
    });
  }

  /** Lets every running attempt end. */
  async close(): Promise<void> {
    if (this.run !== undefined) this.dropActivities(this.run);
    await this.run?.workflow.dispose();
    while (await this.options.queue.step());
  }

  private async startRun(identity: RunIdentity, input: Payload[]): Promise<void> {
    const workflow = await this.options.sandbox.createWorkflow(identity);
    this.run = createRun(identity, workflow);
    const { workflowId } = identity;
    const initializeWorkflow = { workflowId, workflowType: 'signingSession', arguments: input, headers: {} };
    this.enqueueJob({ initializeWorkflow });
  }

  private dropActivities({ tasks }: Run): void {
    for (const task of tasks.values()) task.drop();
  }

  /** Adds a job to the next workflow task, which may collect more until it runs. */
  private enqueueJob(job: Job): void {
    if (this.closed || this.run === undefined) return;
    this.run.jobs.push(job);
    if (this.isTaskScheduled) return;
    this.isTaskScheduled = true;
    this.options.queue.schedule(this.options.queue.nextDelayMs(1_000), () => this.runNextTask());
  }

  private async runNextTask(): Promise<void> {
    const { run } = this;
    this.isTaskScheduled = false;
    if (this.closed || run === undefined || run.jobs.length === 0) return;
    await this.endOnTaskFailure(async () => {
      if (this.evicted) await this.rebuildFromHistory(run);
      await this.runTask(run, sortJobs(run.jobs.splice(0)));
    });
  }

  private async endOnTaskFailure(runNextTask: () => Promise<void>): Promise<void> {
    try {
      await runNextTask();
    } catch (error) {
      if (!(error instanceof TaskFailedError)) throw error;
      this.end({ how: 'broken', why: error.message });
    }
  }

  private async rebuildFromHistory(run: Run): Promise<void> {
    this.evicted = false;
    await run.workflow.dispose();
    run.workflow = await this.options.sandbox.createWorkflow(run.identity);
    await run.history.replay(run.workflow, run.identity.runId);
  }

  private async runTask(run: Run, jobs: Job[]): Promise<void> {
    const { queue, recording } = this.options;
    const commands = await run.history.runTask(run.workflow, {
      runId: run.identity.runId,
      timestamp: msToTs(queue.now),
      historyLength: run.history.length,
      continueAsNewSuggested: this.continueAsNewSuggested,
      jobs,
    });
    if (jobs.some(({ cancelWorkflow }) => cancelWorkflow != null)) recording.ending('cancel');
    for (const { updateResponse } of commands)
      if (updateResponse != null) this.recordUpdateResponse(updateResponse);
    const cancelledSeqs = getCancelledSeqs(commands);
    for (const command of commands) await this.executeCommand(run, command, cancelledSeqs);
    // A pause that ends at the moment of the deadline may come first.
    if (
      jobs.some(
        ({ fireTimer }) =>
          fireTimer != null && run.timers.get(fireTimer.seq ?? 0)?.summary === DEADLINE_TIMER,
      )
    )
      recording.ending('deadline');
    if (!this.closed && this.run === run) this.publishStatus(await readStatus(run));
  }

  private publishStatus(status: SigningStatus): void {
    this.status = status;
    this.options.recording.status(status, this.shownState);
    this.options.onStatus(status);
  }

  private recordUpdateResponse(response: NonNullable<Command['updateResponse']>): void {
    const message = this.updates.get(response.protocolInstanceId ?? '');
    if (message === undefined) return;
    message.visibleStatus ??= this.status ?? null;
    if (response.accepted != null) message.answer = 'accepted';
    if (response.rejected == null) return;
    message.answer = 'rejected';
    message.text = response.rejected.message ?? '';
    message.failureType = response.rejected.applicationFailureInfo?.type ?? '';
  }

  private async executeCommand(
    run: Run,
    command: Command,
    cancelledSeqs: ReadonlySet<number>,
  ): Promise<void> {
    const { queue, recording } = this.options;
    const { startTimer, cancelTimer } = command;
    const scheduleActivity = getScheduleCommand(command);
    const requestCancelActivity = getCancelRequest(command);
    if (startTimer != null) this.startTimer(run, command, tsToMs(startTimer.startToFireTimeout));
    else if (cancelTimer != null) run.timers.delete(cancelTimer.seq ?? 0);
    else if (scheduleActivity != null && cancelledSeqs.has(scheduleActivity.seq ?? 0)) {
      // The SDK never sends an activity that the same task cancels.
      const result = { cancelled: { failure: createCancelledFailure(scheduleActivity) } };
      this.enqueueJob({ resolveActivity: { seq: scheduleActivity.seq ?? 0, result } });
    } else if (scheduleActivity != null) {
      recording.activity(scheduleActivity.activityType ?? '');
      this.scheduleActivity(run, scheduleActivity, command.scheduleLocalActivity != null);
    } else if (requestCancelActivity != null) run.tasks.get(requestCancelActivity.seq ?? 0)?.requestCancel();
    else if (command.upsertWorkflowSearchAttributes != null)
      this.shownState = getUpsertedState(command) ?? this.shownState;
    else if (command.completeWorkflowExecution != null) {
      const status = decodeStatus(command.completeWorkflowExecution.result);
      this.publishStatus(status);
      this.end({ how: 'result', status });
    } else if (command.failWorkflowExecution != null) {
      const { message, applicationFailureInfo } = command.failWorkflowExecution.failure ?? {};
      this.end({ how: 'failed', failure: applicationFailureInfo?.type ?? '', message: message ?? '' });
    } else if (command.cancelWorkflowExecution != null) {
      this.end({ how: 'broken', why: 'cancelled without a result' });
    } else if (command.continueAsNewWorkflowExecution != null) {
      this.dropActivities(run);
      await run.workflow.dispose();
      this.continueAsNewSuggested = false;
      this.evicted = false;
      const { runId } = run.identity;
      const next = randomUUID();
      const identity = {
        ...run.identity,
        runId: next,
        seed: createSeed(next),
        continuedFrom: runId,
        startedAt: queue.now,
      };
      await this.startRun(identity, [...(command.continueAsNewWorkflowExecution.arguments ?? [])]);
    }
  }

  private startTimer(run: Run, command: Command, ms: number): void {
    const seq = command.startTimer?.seq ?? 0;
    const timer = { summary: decodeText(command.userMetadata?.summary) };
    run.timers.set(seq, timer);
    this.options.queue.schedule(ms, () => {
      if (this.run === run && run.timers.get(seq) === timer) this.enqueueJob({ fireTimer: { seq } });
    });
  }

  private scheduleActivity(run: Run, command: ScheduleCommand, isLocal: boolean): void {
    const activity = command.activityType ?? '';
    const seq = command.seq ?? 0;
    const { queue, activities, workerFaultAt } = this.options;
    const { workflowId, runId } = run.identity;
    const task = new ActivityTask(command, {
      queue,
      options: {
        activity,
        run: activities[activity] ?? rejectUnknownActivity,
        args: decodeArguments(command),
        workflowId,
        runId,
        isLocal,
      },
      alwaysFirstAttempt: this.options.alwaysFirstAttempt,
      nextWorkerFault: () => workerFaultAt(this.attempts++),
      resultLost: () => {
        if (NON_IDEMPOTENT_ACTIVITIES.includes(activity)) this.markLastCallUnknown();
      },
      resolved: (result) => {
        if (this.run === run) this.enqueueJob({ resolveActivity: { seq, result } });
      },
    });
    run.tasks.set(seq, task);
  }

  /** Records that the response of the last non-idempotent call was lost. */
  private markLastCallUnknown(): void {
    const last = this.options.recording.events.findLast(
      (event) => event.type === 'call' && ['initiate', 'attach', 'hand-over'].includes(event.call),
    );
    if (last?.type !== 'call') return;
    last.effect = 'unknown';
    last.hasResponse = false;
  }

  /** Resumes what is pending after a reset: timers, and activities from their first attempt. */
  private resumePending(run: Run): void {
    const { timers, activities, shownState } = run.history.findPending();
    this.shownState = shownState;
    for (const { command, dueAt } of timers) this.startTimer(run, command, dueAt - this.options.queue.now);
    for (const { command, isLocal, isCancelled } of activities) {
      this.scheduleActivity(run, command, isLocal);
      if (isCancelled) run.tasks.get(command.seq ?? 0)?.requestCancel();
    }
  }

  private end(end: End): void {
    this.options.recording.end(end);
    this.closed = true;
  }
}

/** The seed of a run's random numbers. */
function createSeed(runId: string): number[] {
  return [...Buffer.from(runId)];
}

type Seed = NonNullable<NonNullable<Job['updateRandomSeed']>['randomnessSeed']>;

/** The SDK reads only its bytes. */
function toLong(seed: number[]): Seed {
  return { toBytes: () => seed } as unknown as Seed;
}

const rejectUnknownActivity = (): never => {
  throw new Error('there is no such activity');
};

async function readStatus({ workflow, identity }: Run): Promise<SigningStatus> {
  const answer = await queryStatus(workflow, identity.runId);
  const response = answer?.respondToQuery?.succeeded?.response;
  if (response == null) throw new TaskFailedError('the query status was not answered');
  return decodeStatus(response);
}

function createRun(identity: RunIdentity, workflow: Workflow, history = new RunHistory()): Run {
  return { identity, workflow, history, jobs: [], timers: new Map(), tasks: new Map() };
}
