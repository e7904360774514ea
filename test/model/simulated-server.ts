import type { ActivityFunction } from '@temporalio/common';
import { msToTs, tsToMs } from '@temporalio/common/lib/time';
import { randomUUID } from 'node:crypto';
import type { SigningStatus } from '../../src/domain/status.js';
import { type ActivityTask, createCancelledFailure } from './activity-task.js';
import {
  type Command,
  type Payload,
  decodeStatus,
  encode,
  getCancelRequest,
  getCancelledSeqs,
  getScheduleCommand,
  getUpsertedState,
} from './commands.js';
import type { EventQueue } from './event-queue.js';
import type { End, RecordedMessage, Recording } from './recording.js';
import { type Job, TaskFailedError, sortJobs } from './run-history.js';
import type { RunIdentity, Sandbox } from './sandbox.js';
import type { WorkerFault } from './schedule.js';
import { type RunContext, SimulatedRun, createSeed, toLong } from './simulated-run.js';

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

/**
 * A minimal Temporal server and worker for one workflow: workflow tasks, timers, activities, messages, continue-as-new,
 * resets. The workflow, its sandbox and the activities are the real ones.
 */
export class SimulatedServer {
  /** What a client sees now. */
  status: SigningStatus | undefined;
  closed = false;
  /** Whether an operator has paused the workflow. */
  isPaused = false;
  /** Whether an earlier run had the same workflow id. */
  hasEarlierRun = false;
  private readonly options: SimulatedServerOptions;
  private readonly runContext: RunContext;
  private readonly updates = new Map<string, RecordedMessage>();
  private run: SimulatedRun | undefined;
  private isTaskScheduled = false;
  private evicted = false;
  private continueAsNewSuggested = false;
  private attempts = 0;
  private shownState: string | undefined;

  constructor(options: SimulatedServerOptions) {
    this.options = options;
    this.runContext = {
      ...options,
      isWorkflowPaused: () => this.isPaused,
      nextWorkerFault: () => options.workerFaultAt(this.attempts++),
      enqueueJob: (run, job) => {
        if (this.run === run) this.enqueueJob(job);
      },
    };
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

  /** A paused workflow takes no updates. */
  update(name: string, input: unknown, message: RecordedMessage): void {
    if (this.isPaused) return;
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

  /** Does something to every pending activity. */
  forEachActivity(act: (task: ActivityTask) => void): void {
    for (const task of this.run?.tasks.values() ?? []) act(task);
  }

  /** As `temporal workflow pause`: attempts that run continue, and nothing else begins. */
  pause(): void {
    this.isPaused = !this.closed;
  }

  /** As `temporal workflow unpause`. */
  unpause(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    this.forEachActivity((task) => {
      task.resume();
    });
    this.scheduleTask();
  }

  /** A start under the same workflow id that terminates the open run, as `--id-conflict-policy TerminateExisting` does. */
  async startAgain(input: unknown): Promise<void> {
    const { run } = this;
    if (run === undefined || this.closed) return;
    this.hasEarlierRun = true;
    this.isPaused = false;
    this.evicted = false;
    this.shownState = undefined;
    run.dropActivities();
    await run.workflow.dispose();
    this.options.recording.startAgain();
    await this.start(run.identity.workflowId, input);
  }

  /** Resets the workflow by a number of tasks, as an operator can, unless a call runs that must not be doubled. */
  async reset(tasks: number): Promise<void> {
    const { run } = this;
    if (run === undefined || this.closed || run.history.length <= tasks) return;
    if (run.hasRunningActivity()) return;
    run.dropActivities();
    await run.workflow.dispose();
    this.options.recording.reset();
    const identity = { ...run.identity, runId: randomUUID() };
    const workflow = await this.options.sandbox.createWorkflow(identity);
    const history = run.history.prefix(run.history.length - tasks);
    const resetRun = new SimulatedRun(this.runContext, identity, workflow, history);
    this.run = resetRun;
    await this.endOnTaskFailure(async () => {
      await history.replay(workflow, identity.runId);
      // From here on the new run has other random numbers than the one it replaces.
      resetRun.jobs.push({ updateRandomSeed: { randomnessSeed: toLong(createSeed(identity.runId)) } });
      this.shownState = resetRun.resumePending();
      this.publishStatus(await resetRun.readStatus());
    });
  }

  /** Lets every running attempt end. */
  async close(): Promise<void> {
    this.run?.dropActivities();
    await this.run?.workflow.dispose();
    while (await this.options.queue.step());
  }

  private async startRun(identity: RunIdentity, input: Payload[]): Promise<void> {
    const workflow = await this.options.sandbox.createWorkflow(identity);
    this.run = new SimulatedRun(this.runContext, identity, workflow);
    const { workflowId } = identity;
    const initializeWorkflow = { workflowId, workflowType: 'signingSession', arguments: input, headers: {} };
    this.enqueueJob({ initializeWorkflow });
  }

  /** Adds a job to the next workflow task, which may collect more until it runs. */
  private enqueueJob(job: Job): void {
    if (this.closed || this.run === undefined) return;
    this.run.jobs.push(job);
    this.scheduleTask();
  }

  private scheduleTask(): void {
    if (this.isTaskScheduled) return;
    this.isTaskScheduled = true;
    this.options.queue.schedule(this.options.queue.nextDelayMs(1_000), () => this.runNextTask());
  }

  private async runNextTask(): Promise<void> {
    const { run } = this;
    this.isTaskScheduled = false;
    if (this.closed || this.isPaused || run === undefined || run.jobs.length === 0) return;
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

  private async rebuildFromHistory(run: SimulatedRun): Promise<void> {
    this.evicted = false;
    await run.workflow.dispose();
    run.workflow = await this.options.sandbox.createWorkflow(run.identity);
    await run.history.replay(run.workflow, run.identity.runId);
  }

  private async runTask(run: SimulatedRun, jobs: Job[]): Promise<void> {
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
    if (!this.closed && this.run === run) this.publishStatus(await run.readStatus());
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
    run: SimulatedRun,
    command: Command,
    cancelledSeqs: ReadonlySet<number>,
  ): Promise<void> {
    const { queue, recording } = this.options;
    const { startTimer, cancelTimer } = command;
    const scheduleActivity = getScheduleCommand(command);
    const requestCancelActivity = getCancelRequest(command);
    if (startTimer != null) run.startTimer(command, tsToMs(startTimer.startToFireTimeout));
    else if (cancelTimer != null) run.timers.delete(cancelTimer.seq ?? 0);
    else if (scheduleActivity != null && cancelledSeqs.has(scheduleActivity.seq ?? 0)) {
      // The SDK never sends an activity that the same task cancels.
      const result = { cancelled: { failure: createCancelledFailure(scheduleActivity) } };
      this.enqueueJob({ resolveActivity: { seq: scheduleActivity.seq ?? 0, result } });
    } else if (scheduleActivity != null) {
      recording.activity(scheduleActivity.activityType ?? '');
      run.scheduleActivity(scheduleActivity, command.scheduleLocalActivity != null);
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
      run.dropActivities();
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

  private end(end: End): void {
    this.options.recording.end(end);
    this.closed = true;
  }
}
