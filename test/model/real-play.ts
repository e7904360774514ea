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
import { decisionsOf, resolutionFor, thoughtMs } from './decisions.js';
import { createModelActivities, type Functions } from './dependencies.js';
import type { Played } from './played.js';
import { Recording, type End, type RecordedMessage } from './recording.js';
import { requestOf } from './request.js';
import type { Happening, Schedule, Timed } from './schedule.js';
import { Vendor } from './vendor.js';
import { createVendorClient } from './vendor-client.js';

export const TASK_QUEUE = 'signing';

/** Longer than an answer needs to the server. */
const A_MOMENT_MS = 20;
const LONGEST_ANSWER_MS = 60_000;
const FIRST_STEP_MS = 1_000;
const LONGEST_STEP_MS = 6 * 60 * 60_000;
/** More looks at the status than any session needs; one that takes more does not come to an end. */
const MOST_LOOKS = 300;

/** One schedule on a real server, whose time passes where it is slept through. */
export class RealPlay {
  /** The real activities, over this schedule's vendor. */
  readonly activities: Functions;
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
  private readonly deeds;
  private readonly later: Timed[] = [];
  private readonly answers: Promise<void>[] = [];
  private readonly passages: Promise<void>[] = [];
  private underWay = 0;
  private timeStands = false;

  constructor(schedule: Schedule, client: Client, sleep: (ms: number) => Promise<void>) {
    this.schedule = schedule;
    this.client = client;
    this.sleep = sleep;
    this.decisions = decisionsOf(schedule);
    this.deeds = [...schedule.deeds];
    this.handle = client.workflow.getHandle(`signing-${this.requestId}`);
    const flexperto = createVendorClient(schedule, this.vendor, this.recording, {
      beforeEffect: (call) => this.begin(call, 'before-effect'),
      beforeAnswer: (call) => this.begin(call, 'before-answer'),
      // The time of this server passes in leaps: so what is late comes after the next look.
      later: (_, happen) => {
        this.vendor.putOff(happen);
      },
    });
    this.activities = this.counted(createModelActivities(schedule, flexperto));
  }

  async run(): Promise<Played> {
    const { schedule, recording, vendor } = this;
    await this.client.workflow.start('signingSession', {
      taskQueue: TASK_QUEUE,
      workflowId: this.handle.workflowId,
      args: [requestOf(schedule, this.requestId)],
    });
    recording.end(
      (await this.untilFinal()) ? await this.end() : { how: 'broken', why: 'does not come to an end' },
    );
    // What is told may bring a further answer to wait for.
    for (const answer of this.answers) await answer;
    vendor.settle();
    return { schedule, recording, vendor };
  }

  /** Whether nothing of the session is left on the server. */
  isAtRest(): boolean {
    return this.underWay === 0 && !this.timeStands;
  }

  /** Resolves when nothing is asked of the server any more: a call that was given up may still be asking. */
  async isSilent(): Promise<void> {
    await Promise.allSettled([...this.passages, ...this.answers]);
  }

  private counted(functions: Functions): Functions {
    const count =
      (run: Functions[string]): Functions[string] =>
      async (...args) => {
        this.underWay += 1;
        this.attemptAt = activityInfo().currentAttemptScheduledTimestampMs;
        try {
          // The server loses a cancellation that meets the end of an attempt: so the task that may bring one ends before.
          if (!activityInfo().isLocal) await this.answered();
          return await run(...args);
        } finally {
          this.underWay -= 1;
        }
      };
    return Object.fromEntries(Object.entries(functions).map(([name, run]) => [name, count(run)]));
  }

  /** Lets time pass and does what is due, until the session is over. Returns whether it is. */
  private async untilFinal(): Promise<boolean> {
    let step = FIRST_STEP_MS;
    let before = '';
    for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
      const status = await this.handle.query<SigningStatus>('status');
      this.recording.status(status);
      if (!(await this.isRunning())) return true;
      // Who waits for signatures looks only now and then.
      if (status.updatedAt !== before)
        step = status.state.startsWith('awaiting') ? LONGEST_STEP_MS : FIRST_STEP_MS;
      before = status.updatedAt;
      if (await this.act(status)) continue;
      await this.letPass(step);
      step = Math.min(LONGEST_STEP_MS, step * 4);
    }
    return false;
  }

  /** Does the next thing that somebody wants to do now, after the time it takes. Returns whether there was one. */
  private async act(status: SigningStatus): Promise<boolean> {
    const { state } = status;
    const late = this.later.shift();
    if (late !== undefined) {
      await this.letPass(late.laterMs);
      await this.happen(late.happening);
      return true;
    }
    const decision = state === 'needs-attention' ? this.decisions.shift() : undefined;
    if (decision !== undefined) {
      await this.letPass(thoughtMs(decision, status, Date.parse(status.updatedAt)));
      await this.happen({ what: 'decide', decision: decision.decision });
      return true;
    }
    const deed = state.startsWith('awaiting') ? this.deeds.shift() : undefined;
    if (deed === undefined) return false;
    await this.letPass(deed.afterMs);
    this.vendor.do(deed.deed, deed.document);
    return true;
  }

  /** Lets time pass. The server loses a message that meets the very end of an attempt: so those that time has started end first. */
  private async letPass(ms: number): Promise<void> {
    try {
      await this.sleep(ms);
    } catch (error) {
      // An attempt that was in flight when the session ended keeps this server from skipping time, which no real one does.
      if (await this.isRunning()) throw error;
      this.timeStands = true;
    }
    do await wait(A_MOMENT_MS);
    while (this.underWay > 0);
  }

  private async isRunning(): Promise<boolean> {
    return (await this.handle.describe()).status.name === 'RUNNING';
  }

  private begin(call: number, moment: Timed['moment']): Promise<void> {
    const passage = this.pass(call, moment);
    this.passages.push(passage);
    return passage;
  }

  private async pass(call: number, moment: Timed['moment']): Promise<void> {
    for (const timed of this.schedule.happenings.filter((one) => one.call === call)) {
      if (timed.moment === moment) {
        const taken = this.tell(timed.happening);
        // A call within the session's own task: the session takes nothing before that task ends, and so not before the call.
        if (activityInfo().isLocal) await this.sent(taken);
        else await taken;
      }
      if (timed.moment === 'later' && moment === 'before-effect') this.later.push(timed);
    }
  }

  /** Resolves when the session has taken all that has reached the server. */
  private async answered(): Promise<void> {
    await this.handle.query('status');
  }

  /** Resolves when the session has taken it. */
  private async tell(happening: Happening): Promise<void> {
    await this.client.withDeadline(Date.now() + LONGEST_ANSWER_MS, async () => {
      await this.happen(happening);
      await this.answered();
    });
  }

  /** Resolves when it has reached the server; it is waited for at the end. */
  private async sent(taken: Promise<void>): Promise<void> {
    taken.catch(() => undefined);
    this.answers.push(taken);
    await wait(A_MOMENT_MS);
  }

  private async happen(happening: Happening): Promise<void> {
    const { handle, recording, vendor } = this;
    switch (happening.what) {
      case 'checkNow':
        recording.message('checkNow', null);
        await handle.signal('checkNow').catch(ifOver);
        return;
      case 'cancel':
        recording.message('cancel', null);
        await handle.cancel().catch(ifOver);
        return;
      case 'decide': {
        const status = await handle.query<SigningStatus>('status');
        await this.update('resolve', resolutionFor(happening.decision, status, vendor, recording));
        return;
      }
      case 'record':
        await this.update('recordOutcome', happening.outcome);
        return;
      case 'deed':
        vendor.do(happening.deed, happening.document);
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
            refuse(message, error);
          },
        ),
      );
    } catch (error) {
      refuse(message, error);
    }
  }

  private async end(): Promise<End> {
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
function ifOver(error: unknown): void {
  if (!isOver(error)) throw error;
}

function isOver(error: unknown): boolean {
  return error instanceof Error && error.name === 'WorkflowNotFoundError';
}

function refuse(message: RecordedMessage, error: unknown): void {
  if (!(error instanceof WorkflowUpdateFailedError)) {
    ifOver(error);
    message.answer = 'unanswered';
    return;
  }
  const { cause } = error;
  message.answer = 'refused';
  message.words = cause?.message ?? '';
  message.refusal = cause instanceof ApplicationFailure ? (cause.type ?? '') : '';
}
