import { activityInfo } from '@temporalio/activity';
import {
  ApplicationFailure,
  type Client,
  WorkflowFailedError,
  type WorkflowHandle,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { SigningStatus } from '../../src/domain/status.js';
import { type ActivityFunctions, createModelActivities } from './activities.js';
import { createResolution, expandDecisions, getDecisionDelayMs } from './decisions.js';
import type { End, RecordedMessage, ScheduleRun } from './recording.js';
import { Recording } from './recording.js';
import { createRequest } from './request.js';
import type { Injection, Schedule, TimedInjection } from './schedule.js';
import { createVendorClient } from './vendor-client.js';
import { Vendor } from './vendor.js';

export const TASK_QUEUE = 'signing';

/** Longer than a message takes to the server. */
const SETTLE_MS = 20;
const ANSWER_TIMEOUT_MS = 60_000;
const FIRST_STEP_MS = 1_000;
const MAX_STEP_MS = 6 * 60 * 60_000;
/** More polls of the status than any signing needs. After them the signing counts as stuck. */
const MAX_POLLS = 300;

/** One schedule on a real server, whose time passes only while a test sleeps. */
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
      // The time of this server jumps, so a late effect comes after the next poll.
      schedule: (_, inject) => {
        this.vendor.defer(inject);
      },
    });
    this.activities = this.countRunning(createModelActivities(schedule, flexperto, () => false));
  }

  async run(): Promise<ScheduleRun> {
    const { schedule, recording, vendor } = this;
    await this.client.workflow.start('signingSession', {
      taskQueue: TASK_QUEUE,
      workflowId: this.handle.workflowId,
      args: [createRequest(schedule, this.requestId)],
    });
    recording.end(
      (await this.waitUntilClosed()) ? await this.readEnd() : { how: 'broken', why: 'does not end' },
    );
    // An answer may cause another one.
    for (const answer of this.answers) await answer;
    vendor.applyDeferred();
    return { schedule, recording, vendor };
  }

  /** Whether nothing of the signing is left on the server. */
  isIdle(): boolean {
    return this.runningAttempts === 0 && !this.timeStopped;
  }

  /** Resolves after the last request to the server: a call that has timed out may still send one. */
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
          // The server loses a cancellation that coincides with the end of an attempt, so let the workflow task end first.
          if (!activityInfo().isLocal) await this.waitUntilProcessed();
          return await run(...args);
        } finally {
          this.runningAttempts -= 1;
        }
      };
    return Object.fromEntries(Object.entries(functions).map(([name, run]) => [name, count(run)]));
  }

  /** Lets time pass and performs what is due, until the signing has ended. Returns whether it has. */
  private async waitUntilClosed(): Promise<boolean> {
    let step = FIRST_STEP_MS;
    let lastUpdatedAt = '';
    for (let polls = 0; polls < MAX_POLLS; polls += 1) {
      const status = await this.handle.query<SigningStatus>('status');
      this.recording.status(status);
      if (!(await this.isRunning())) return true;
      // A signing that waits for signatures polls rarely.
      if (status.updatedAt !== lastUpdatedAt)
        step = status.state.startsWith('awaiting') ? MAX_STEP_MS : FIRST_STEP_MS;
      lastUpdatedAt = status.updatedAt;
      if (await this.performNext(status)) continue;
      await this.sleepAndSettle(step);
      step = Math.min(MAX_STEP_MS, step * 4);
    }
    return false;
  }

  /** Performs the next due action, after its delay. Returns whether there was one. */
  private async performNext(status: SigningStatus): Promise<boolean> {
    const { state } = status;
    const lateEvent = this.pendingEvents.shift();
    if (lateEvent !== undefined) {
      await this.sleepAndSettle(lateEvent.laterMs);
      await this.inject(lateEvent.injection);
      return true;
    }
    const decision = state === 'needs-attention' ? this.decisions.shift() : undefined;
    if (decision !== undefined) {
      await this.sleepAndSettle(getDecisionDelayMs(decision, status, Date.parse(status.updatedAt)));
      await this.inject({ type: 'decide', decision: decision.decision });
      return true;
    }
    const personAction = state.startsWith('awaiting') ? this.personActions.shift() : undefined;
    if (personAction === undefined) return false;
    await this.sleepAndSettle(personAction.afterMs);
    this.vendor.perform(personAction.action, personAction.document);
    return true;
  }

  /** Lets time pass, then lets the attempts end: the server loses a message that coincides with the end of an attempt. */
  private async sleepAndSettle(ms: number): Promise<void> {
    try {
      await this.sleep(ms);
    } catch (error) {
      // An attempt that was running when the signing ended keeps this server from skipping time. A real server has no such limit.
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
    const hookCall = this.injectEvents(call, moment);
    this.hookCalls.push(hookCall);
    return hookCall;
  }

  private async injectEvents(call: number, moment: TimedInjection['moment']): Promise<void> {
    for (const timed of this.schedule.injections.filter((one) => one.call === call)) {
      if (timed.moment === moment) {
        const delivery = this.injectAndWait(timed.injection);
        // A local activity runs within the workflow task, so the workflow receives the message only after the call.
        if (activityInfo().isLocal) await this.injectWithoutWaiting(delivery);
        else await delivery;
      }
      if (timed.moment === 'later' && moment === 'before-effect') this.pendingEvents.push(timed);
    }
  }

  /** Resolves when the workflow has processed all that has reached the server. */
  private async waitUntilProcessed(): Promise<void> {
    await this.handle.query('status');
  }

  /** Resolves when the workflow has processed it. */
  private async injectAndWait(injection: Injection): Promise<void> {
    await this.client.withDeadline(Date.now() + ANSWER_TIMEOUT_MS, async () => {
      await this.inject(injection);
      await this.waitUntilProcessed();
    });
  }

  /** Resolves when it has reached the server; the run awaits its processing at the end. */
  private async injectWithoutWaiting(delivery: Promise<void>): Promise<void> {
    delivery.catch(() => undefined);
    this.answers.push(delivery);
    await wait(SETTLE_MS);
  }

  private async inject(injection: Injection): Promise<void> {
    const { handle, recording, vendor } = this;
    switch (injection.type) {
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
        await this.update('resolve', createResolution(injection.decision, status, vendor, recording));
        return;
      }
      case 'record':
        await this.update('recordOutcome', injection.outcome);
        return;
      case 'person-action':
        vendor.perform(injection.action, injection.document);
        return;
      case 'evict':
      case 'suggest-continue-as-new':
      case 'operator':
      case 'pause':
      case 'pause-workflow':
      case 'reset':
        throw new Error(`${injection.type} is for the simulated server`);
    }
  }

  /** Sends an update. Its answer may need time that passes only later. */
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

/** A signing that has ended receives no messages. */
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
  message.answer = 'rejected';
  message.text = cause?.message ?? '';
  message.failureType = cause instanceof ApplicationFailure ? (cause.type ?? '') : '';
}
