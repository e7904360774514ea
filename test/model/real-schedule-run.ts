import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { activityInfo } from '@temporalio/activity';
import {
  ApplicationFailure,
  WorkflowFailedError,
  WorkflowUpdateFailedError,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import type { SigningStatus } from '../../src/domain/status.js';
import { expandDecisions, createResolution, getDecisionDelayMs } from './decisions.js';
import { createModelActivities, type ActivityFunctions } from './activities.js';
import type { ScheduleRun } from './recording.js';
import { Recording, type End, type RecordedMessage } from './recording.js';
import { createRequest } from './request.js';
import type { Injection, Schedule, TimedInjection } from './schedule.js';
import { Vendor } from './vendor.js';
import { createVendorClient } from './vendor-client.js';

export const TASK_QUEUE = 'signing';

/** Longer than an answer needs to the server. */
const SETTLE_MS = 20;
const ANSWER_TIMEOUT_MS = 60_000;
const FIRST_STEP_MS = 1_000;
const MAX_STEP_MS = 6 * 60 * 60_000;
/** More looks at the status than any session needs; one that takes more does not come to an end. */
const MAX_POLLS = 300;

/** One schedule on a real server, whose time passes where it is slept through. */
export class RealScheduleRun {
  /** The real activities, over this schedule's vendor. */
  readonly activities: ActivityFunctions;
  private readonly schedule: Schedule;
  private readonly client: Client;
  private readonly sleep: (ms: number) => Promise<void>;
  private readonly vendor = new Vendor();
  /** The server's time at the start of the latest attempt of an activity. */
  private attemptAt = 0;
  private readonly recording = new Recording(Date.now, () => this.attemptAt);
  private readonly requestId = `model-${randomUUID()}`;
  private readonly handle: WorkflowHandle;
  private readonly decisions;
  private readonly personActions;
  private readonly pendingEvents: TimedInjection[] = [];
  private readonly answers: Promise<void>[] = [];
  private readonly hookCalls: Promise<void>[] = [];
  private runningAttempts = 0;
  private timeStopped = false;

  constructor(schedule: Schedule, client: Client, sleep: (ms: number) => Promise<void>) {
    this.schedule = schedule;
    this.client = client;
    this.sleep = sleep;
    this.decisions = expandDecisions(schedule);
    this.personActions = [...schedule.personActions];
    this.handle = client.workflow.getHandle(`signing-${this.requestId}`);
    const flexperto = createVendorClient(schedule, this.vendor, this.recording, {
      beforeEffect: (call) => this.onCall(call, 'before-effect'),
      beforeResponse: (call) => this.onCall(call, 'before-answer'),
      // The time of this server passes in leaps: so what is late comes after the next look.
      schedule: (_, inject) => {
        this.vendor.defer(inject);
      },
    });
    this.activities = this.countRunning(createModelActivities(schedule, flexperto));
  }

  async run(): Promise<ScheduleRun> {
    const { schedule, recording, vendor } = this;
    await this.client.workflow.start('signingSession', {
      taskQueue: TASK_QUEUE,
      workflowId: this.handle.workflowId,
      args: [createRequest(schedule, this.requestId)],
    });
    recording.end(
      (await this.waitUntilClosed())
        ? await this.readEnd()
        : { how: 'broken', why: 'does not come to an end' },
    );
    // What is told may bring a further answer to wait for.
    for (const answer of this.answers) await answer;
    vendor.applyDeferred();
    return { schedule, recording, vendor };
  }

  /** Whether nothing of the session is left on the server. */
  isIdle(): boolean {
    return this.runningAttempts === 0 && !this.timeStopped;
  }

  /** Resolves when nothing is asked of the server any more: a call that was given up may still be asking. */
  async whenIdle(): Promise<void> {
    await Promise.allSettled([...this.hookCalls, ...this.answers]);
  }

  private countRunning(functions: ActivityFunctions): ActivityFunctions {
    const count =
      (run: ActivityFunctions[string]): ActivityFunctions[string] =>
      async (...args) => {
        this.runningAttempts += 1;
        this.attemptAt = activityInfo().currentAttemptScheduledTimestampMs;
        try {
          // The server loses a cancellation that meets the end of an attempt: so the task that may bring one ends before.
          if (!activityInfo().isLocal) await this.waitUntilProcessed();
          return await run(...args);
        } finally {
          this.runningAttempts -= 1;
        }
      };
    return Object.fromEntries(Object.entries(functions).map(([name, run]) => [name, count(run)]));
  }

  /** Lets time pass and does what is due, until the session is over. Returns whether it is. */
  private async waitUntilClosed(): Promise<boolean> {
    let step = FIRST_STEP_MS;
    let before = '';
    for (let looks = 0; looks < MAX_POLLS; looks += 1) {
      const status = await this.handle.query<SigningStatus>('status');
      this.recording.status(status);
      if (!(await this.isRunning())) return true;
      // Who waits for signatures looks only now and then.
      if (status.updatedAt !== before)
        step = status.state.startsWith('awaiting') ? MAX_STEP_MS : FIRST_STEP_MS;
      before = status.updatedAt;
      if (await this.performNext(status)) continue;
      await this.sleepAndSettle(step);
      step = Math.min(MAX_STEP_MS, step * 4);
    }
    return false;
  }

  /** Does the next thing that somebody wants to do now, after the time it takes. Returns whether there was one. */
  private async performNext(status: SigningStatus): Promise<boolean> {
    const { state } = status;
    const late = this.pendingEvents.shift();
    if (late !== undefined) {
      await this.sleepAndSettle(late.laterMs);
      await this.inject(late.injection);
      return true;
    }
    const decision = state === 'needs-attention' ? this.decisions.shift() : undefined;
    if (decision !== undefined) {
      await this.sleepAndSettle(getDecisionDelayMs(decision, status, Date.parse(status.updatedAt)));
      await this.inject({ what: 'decide', decision: decision.decision });
      return true;
    }
    const deed = state.startsWith('awaiting') ? this.personActions.shift() : undefined;
    if (deed === undefined) return false;
    await this.sleepAndSettle(deed.afterMs);
    this.vendor.perform(deed.deed, deed.document);
    return true;
  }

  /** Lets time pass. The server loses a message that meets the very end of an attempt: so those that time has started end first. */
  private async sleepAndSettle(ms: number): Promise<void> {
    try {
      await this.sleep(ms);
    } catch (error) {
      // An attempt that was in flight when the session ended keeps this server from skipping time, which no real one does.
      if (await this.isRunning()) throw error;
      this.timeStopped = true;
    }
    do await wait(SETTLE_MS);
    while (this.runningAttempts > 0);
  }

  private async isRunning(): Promise<boolean> {
    return (await this.handle.describe()).status.name === 'RUNNING';
  }

  private onCall(call: number, moment: TimedInjection['moment']): Promise<void> {
    const passage = this.injectEvents(call, moment);
    this.hookCalls.push(passage);
    return passage;
  }

  private async injectEvents(call: number, moment: TimedInjection['moment']): Promise<void> {
    for (const timed of this.schedule.injections.filter((one) => one.call === call)) {
      if (timed.moment === moment) {
        const taken = this.injectAndWait(timed.injection);
        // A call within the session's own task: the session takes nothing before that task ends, and so not before the call.
        if (activityInfo().isLocal) await this.injectWithoutWaiting(taken);
        else await taken;
      }
      if (timed.moment === 'later' && moment === 'before-effect') this.pendingEvents.push(timed);
    }
  }

  /** Resolves when the session has taken all that has reached the server. */
  private async waitUntilProcessed(): Promise<void> {
    await this.handle.query('status');
  }

  /** Resolves when the session has taken it. */
  private async injectAndWait(happening: Injection): Promise<void> {
    await this.client.withDeadline(Date.now() + ANSWER_TIMEOUT_MS, async () => {
      await this.inject(happening);
      await this.waitUntilProcessed();
    });
  }

  /** Resolves when it has reached the server; it is waited for at the end. */
  private async injectWithoutWaiting(taken: Promise<void>): Promise<void> {
    taken.catch(() => undefined);
    this.answers.push(taken);
    await wait(SETTLE_MS);
  }

  private async inject(happening: Injection): Promise<void> {
    const { handle, recording, vendor } = this;
    switch (happening.what) {
      case 'checkNow':
        recording.message('checkNow', null);
        await handle.signal('checkNow').catch(ignoreNotFound);
        return;
      case 'cancel':
        recording.message('cancel', null);
        await handle.cancel().catch(ignoreNotFound);
        return;
      case 'decide': {
        const status = await handle.query<SigningStatus>('status');
        await this.update('resolve', createResolution(happening.decision, status, vendor, recording));
        return;
      }
      case 'record':
        await this.update('recordOutcome', happening.outcome);
        return;
      case 'deed':
        vendor.perform(happening.deed, happening.document);
        return;
      case 'evict':
      case 'suggest-fresh-run':
      case 'allow-attempts':
      case 'reset':
        throw new Error(`${happening.what} is for the simulated server`);
    }
  }

  /** Sends an update. Its answer may take time that only passes later. */
  private async update(name: 'resolve' | 'recordOutcome', input: unknown): Promise<void> {
    const message = this.recording.message(name, input);
    try {
      const accepted = await this.handle.startUpdate(name, { args: [input], waitForStage: 'ACCEPTED' });
      message.answer = 'accepted';
      this.answers.push(
        accepted.result().then(
          () => undefined,
          (error: unknown) => {
            recordRefusal(message, error);
          },
        ),
      );
    } catch (error) {
      recordRefusal(message, error);
    }
  }

  private async readEnd(): Promise<End> {
    try {
      return { how: 'result', status: (await this.handle.result()) as SigningStatus };
    } catch (error) {
      if (!(error instanceof WorkflowFailedError)) throw error;
      const { cause } = error;
      if (!(cause instanceof ApplicationFailure)) return { how: 'broken', why: error.message };
      return { how: 'failed', failure: cause.type ?? '', message: cause.message };
    }
  }
}

/** A session that is over cannot be told anything. */
function ignoreNotFound(error: unknown): void {
  if (!isNotFound(error)) throw error;
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && error.name === 'WorkflowNotFoundError';
}

function recordRefusal(message: RecordedMessage, error: unknown): void {
  if (!(error instanceof WorkflowUpdateFailedError)) {
    ignoreNotFound(error);
    message.answer = 'unanswered';
    return;
  }
  const { cause } = error;
  message.answer = 'refused';
  message.text = cause?.message ?? '';
  message.failureType = cause instanceof ApplicationFailure ? (cause.type ?? '') : '';
}
