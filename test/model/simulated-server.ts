import { randomUUID } from 'node:crypto';
import type { ActivityFunction } from '@temporalio/common';
import { msToTs, tsToMs } from '@temporalio/common/lib/time';
import type { Workflow } from '@temporalio/worker/lib/workflow/interface';
import type { SigningStatus } from '../../src/domain/status.js';
import { ActivityTask, argumentsOf, cancelled, type Asked } from './activity-task.js';
import type { Agenda } from './agenda.js';
import { askedBy, asStatus, encoded, stateIn, stopIn, stoppedBy, text, type Payload } from './commands.js';
import type { End, RecordedMessage, Recording } from './recording.js';
import { inOrder, queryStatus, RunHistory, TaskFailed, type Command, type Job } from './run-history.js';
import type { RunIdentity, Sandbox } from './sandbox.js';
import type { Mishap } from './schedule.js';

const UNREPEATABLE = ['initiateSession', 'attachDocument', 'handOverSession'];
const DEADLINE = 'Deadline';

export interface ServerOptions {
  readonly sandbox: Sandbox;
  readonly agenda: Agenda;
  readonly recording: Recording;
  readonly activities: Readonly<Record<string, ActivityFunction>>;
  /** Whether every attempt of an activity is said to be the first one. */
  readonly hidesAttempts: boolean;
  /** What befalls the n-th attempt, counted from 0 over all activities. */
  readonly mishapAt: (attempt: number) => Mishap | undefined;
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
 * The Temporal server and worker around one workflow, as small as they can be: workflow tasks, timers, activities,
 * messages, fresh runs, resets. The workflow itself, its sandbox and the activities are the real ones.
 */
export class SimulatedServer {
  /** What a client sees now. */
  status: SigningStatus | undefined;
  closed = false;
  private readonly options: ServerOptions;
  private readonly updates = new Map<string, RecordedMessage>();
  private run: Run | undefined;
  private taskIsDue = false;
  private evicted = false;
  private freshRunSuggested = false;
  private attempts = 0;
  private shownState: string | undefined;

  constructor(options: ServerOptions) {
    this.options = options;
  }

  async start(workflowId: string, input: unknown): Promise<void> {
    const runId = randomUUID();
    const startedAt = this.options.agenda.now;
    await this.open({ workflowId, runId, seed: seedOf(runId), firstRunId: runId, startedAt }, [
      encoded(input),
    ]);
  }

  signal(signalName: string): void {
    this.tell({ signalWorkflow: { signalName, input: [], headers: {} } });
  }

  cancel(): void {
    this.tell({ cancelWorkflow: { reason: '' } });
  }

  update(name: string, input: unknown, message: RecordedMessage): void {
    const id = randomUUID();
    this.updates.set(id, message);
    this.tell({
      doUpdate: {
        id,
        protocolInstanceId: id,
        name,
        input: [encoded(input)],
        headers: {},
        runValidator: true,
      },
    });
  }

  /** The next task finds the workflow in no worker's memory. */
  evict(): void {
    this.evicted = true;
  }

  suggestFreshRun(): void {
    this.freshRunSuggested = true;
  }

  /** As `temporal activity update-options` does to every activity that is pending. */
  allowAttempts(): void {
    for (const task of this.run?.tasks.values() ?? []) task.allowAttempts();
  }

  /** Starts the workflow over from so many tasks ago, as an operator can, unless a call is on its way that must not be doubled. */
  async reset(tasks: number): Promise<void> {
    const { run } = this;
    if (run === undefined || this.closed || run.history.length <= tasks) return;
    if ([...run.tasks.values()].some((task) => task.isRunning())) return;
    this.leave(run);
    await run.workflow.dispose();
    this.options.recording.reset();
    const identity = { ...run.identity, runId: randomUUID() };
    const workflow = await this.options.sandbox.start(identity);
    const history = run.history.upTo(run.history.length - tasks);
    const fresh = openRun(identity, workflow, history);
    this.run = fresh;
    await this.endIfBroken(async () => {
      await history.replay(workflow, identity.runId);
      // From here on the new run draws other random numbers than the one it replaces.
      fresh.jobs.push({ updateRandomSeed: { randomnessSeed: asLong(seedOf(identity.runId)) } });
      this.takeUp(fresh);
      this.show(await statusOf(fresh));
    });
  }

  /** Lets every attempt that is still running end. */
  async close(): Promise<void> {
    if (this.run !== undefined) this.leave(this.run);
    await this.run?.workflow.dispose();
    while (await this.options.agenda.step());
  }

  private async open(identity: RunIdentity, input: Payload[]): Promise<void> {
    const workflow = await this.options.sandbox.start(identity);
    this.run = openRun(identity, workflow);
    const { workflowId } = identity;
    const initializeWorkflow = { workflowId, workflowType: 'signingSession', arguments: input, headers: {} };
    this.tell({ initializeWorkflow });
  }

  private leave({ tasks }: Run): void {
    for (const task of tasks.values()) task.drop();
  }

  /** Tells the workflow something with its next task, which may be told more by then. */
  private tell(job: Job): void {
    if (this.closed || this.run === undefined) return;
    this.run.jobs.push(job);
    if (this.taskIsDue) return;
    this.taskIsDue = true;
    this.options.agenda.after(this.options.agenda.nextPaceMs(1_000), () => this.perform());
  }

  private async perform(): Promise<void> {
    const { run } = this;
    this.taskIsDue = false;
    if (this.closed || run === undefined || run.jobs.length === 0) return;
    await this.endIfBroken(async () => {
      if (this.evicted) await this.takeFromHistory(run);
      await this.task(run, inOrder(run.jobs.splice(0)));
    });
  }

  private async endIfBroken(perform: () => Promise<void>): Promise<void> {
    try {
      await perform();
    } catch (error) {
      if (!(error instanceof TaskFailed)) throw error;
      this.end({ how: 'broken', why: error.message });
    }
  }

  private async takeFromHistory(run: Run): Promise<void> {
    this.evicted = false;
    await run.workflow.dispose();
    run.workflow = await this.options.sandbox.start(run.identity);
    await run.history.replay(run.workflow, run.identity.runId);
  }

  private async task(run: Run, jobs: Job[]): Promise<void> {
    const { agenda, recording } = this.options;
    const commands = await run.history.perform(run.workflow, {
      runId: run.identity.runId,
      timestamp: msToTs(agenda.now),
      historyLength: run.history.length,
      continueAsNewSuggested: this.freshRunSuggested,
      jobs,
    });
    if (jobs.some(({ cancelWorkflow }) => cancelWorkflow != null)) recording.ending('cancel');
    for (const { updateResponse } of commands) if (updateResponse != null) this.answer(updateResponse);
    const stopped = stoppedBy(commands);
    for (const command of commands) await this.carryOut(run, command, stopped);
    // A pause that ends at the very moment of the deadline may come first.
    if (
      jobs.some(
        ({ fireTimer }) => fireTimer != null && run.timers.get(fireTimer.seq ?? 0)?.summary === DEADLINE,
      )
    )
      recording.ending('deadline');
    if (!this.closed && this.run === run) this.show(await statusOf(run));
  }

  private show(status: SigningStatus): void {
    this.status = status;
    this.options.recording.status(status, this.shownState);
    this.options.onStatus(status);
  }

  private answer(response: NonNullable<Command['updateResponse']>): void {
    const message = this.updates.get(response.protocolInstanceId ?? '');
    if (message === undefined) return;
    message.seen ??= this.status ?? null;
    if (response.accepted != null) message.answer = 'accepted';
    if (response.rejected == null) return;
    message.answer = 'refused';
    message.words = response.rejected.message ?? '';
    message.refusal = response.rejected.applicationFailureInfo?.type ?? '';
  }

  private async carryOut(run: Run, command: Command, stopped: ReadonlySet<number>): Promise<void> {
    const { agenda, recording } = this.options;
    const { startTimer, cancelTimer } = command;
    const scheduleActivity = askedBy(command);
    const requestCancelActivity = stopIn(command);
    if (startTimer != null) this.startTimer(run, command, tsToMs(startTimer.startToFireTimeout));
    else if (cancelTimer != null) run.timers.delete(cancelTimer.seq ?? 0);
    else if (scheduleActivity != null && stopped.has(scheduleActivity.seq ?? 0)) {
      // What is given up in the same breath is never sent to the server.
      const result = { cancelled: { failure: cancelled(scheduleActivity) } };
      this.tell({ resolveActivity: { seq: scheduleActivity.seq ?? 0, result } });
    } else if (scheduleActivity != null) {
      recording.activity(scheduleActivity.activityType ?? '');
      this.schedule(run, scheduleActivity, command.scheduleLocalActivity != null);
    } else if (requestCancelActivity != null) run.tasks.get(requestCancelActivity.seq ?? 0)?.requestCancel();
    else if (command.upsertWorkflowSearchAttributes != null)
      this.shownState = stateIn(command) ?? this.shownState;
    else if (command.completeWorkflowExecution != null) {
      const status = asStatus(command.completeWorkflowExecution.result);
      this.show(status);
      this.end({ how: 'result', status });
    } else if (command.failWorkflowExecution != null) {
      const { message, applicationFailureInfo } = command.failWorkflowExecution.failure ?? {};
      this.end({ how: 'failed', failure: applicationFailureInfo?.type ?? '', message: message ?? '' });
    } else if (command.cancelWorkflowExecution != null) {
      this.end({ how: 'broken', why: 'cancelled without a result' });
    } else if (command.continueAsNewWorkflowExecution != null) {
      this.leave(run);
      await run.workflow.dispose();
      this.freshRunSuggested = false;
      this.evicted = false;
      const { runId } = run.identity;
      const next = randomUUID();
      const identity = {
        ...run.identity,
        runId: next,
        seed: seedOf(next),
        continuedFrom: runId,
        startedAt: agenda.now,
      };
      await this.open(identity, [...(command.continueAsNewWorkflowExecution.arguments ?? [])]);
    }
  }

  private startTimer(run: Run, command: Command, ms: number): void {
    const seq = command.startTimer?.seq ?? 0;
    const timer = { summary: text(command.userMetadata?.summary) };
    run.timers.set(seq, timer);
    this.options.agenda.after(ms, () => {
      if (this.run === run && run.timers.get(seq) === timer) this.tell({ fireTimer: { seq } });
    });
  }

  private schedule(run: Run, asked: Asked, isLocal: boolean): void {
    const activity = asked.activityType ?? '';
    const seq = asked.seq ?? 0;
    const { agenda, activities, mishapAt } = this.options;
    const { workflowId, runId } = run.identity;
    const task = new ActivityTask(asked, {
      agenda,
      options: {
        activity,
        run: activities[activity] ?? unknownActivity,
        args: argumentsOf(asked),
        workflowId,
        runId,
        isLocal,
      },
      hidesAttempts: this.options.hidesAttempts,
      nextMishap: () => mishapAt(this.attempts++),
      forgotten: () => {
        if (UNREPEATABLE.includes(activity)) this.forget();
      },
      resolved: (result) => {
        if (this.run === run) this.tell({ resolveActivity: { seq, result } });
      },
    });
    run.tasks.set(seq, task);
  }

  /** Nobody has heard the answer to the last call that cannot be repeated. */
  private forget(): void {
    const last = this.options.recording.events.findLast(
      (event) => event.type === 'call' && ['initiate', 'attach', 'hand-over'].includes(event.call),
    );
    if (last?.type === 'call') Object.assign(last, { verdict: 'unknown', answered: false });
  }

  /** Takes up what a run that was started over has still open: timers, and activities from their first attempt. */
  private takeUp(run: Run): void {
    const { timers, activities, shownState } = run.history.open();
    this.shownState = shownState;
    for (const { command, dueAt } of timers) this.startTimer(run, command, dueAt - this.options.agenda.now);
    for (const { asked, isLocal, stopped } of activities) {
      this.schedule(run, asked, isLocal);
      if (stopped) run.tasks.get(asked.seq ?? 0)?.requestCancel();
    }
  }

  private end(end: End): void {
    this.options.recording.end(end);
    this.closed = true;
  }
}

/** What the random numbers of a run begin with. */
function seedOf(runId: string): number[] {
  return [...Buffer.from(runId)];
}

type Seed = NonNullable<NonNullable<Job['updateRandomSeed']>['randomnessSeed']>;

/** The SDK asks of it nothing but its bytes. */
function asLong(seed: number[]): Seed {
  return { toBytes: () => seed } as unknown as Seed;
}

const unknownActivity = (): never => {
  throw new Error('there is no such activity');
};

async function statusOf({ workflow, identity }: Run): Promise<SigningStatus> {
  const answer = await queryStatus(workflow, identity.runId);
  const response = answer?.respondToQuery?.succeeded?.response;
  if (response == null) throw new TaskFailed('the query status was not answered');
  return asStatus(response);
}

function openRun(identity: RunIdentity, workflow: Workflow, history = new RunHistory()): Run {
  return { identity, workflow, history, jobs: [], timers: new Map(), tasks: new Map() };
}
