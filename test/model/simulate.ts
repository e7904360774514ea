import type { SigningStatus } from '../../src/domain/status.js';
import { createModelActivities } from './activities.js';
import type { ActivityTask } from './activity-task.js';
import { createResolution, expandDecisions, getDecisionDelayMs } from './decisions.js';
import { EventQueue } from './event-queue.js';
import type { ScheduleRun } from './recording.js';
import { Recording } from './recording.js';
import { createRequest } from './request.js';
import type { Sandbox } from './sandbox.js';
import type { Decision, Injection, OperatorAction, PauseEnd, Schedule, TimedInjection } from './schedule.js';
import { SimulatedServer } from './simulated-server.js';
import { type CallHooks, createVendorClient } from './vendor-client.js';
import { Vendor } from './vendor.js';

/** More steps than any signing needs. After them it counts as stuck. */
const MAX_STEPS = 20_000;
const MAX_CALL_DELAY_MS = 10_000;
/** A person who cannot decide, because the workflow is paused, tries again. */
const PAUSED_WORKFLOW_DELAY_MS = 10 * 60_000;

export interface SimulationOptions {
  /** A bug: every attempt of an activity appears as the first one. */
  readonly alwaysFirstAttempt?: boolean;
}

/** Runs a schedule to its end on the simulated server, with a simulated clock. */
export async function runSimulation(
  schedule: Schedule,
  sandbox: Sandbox,
  options: SimulationOptions = {},
): Promise<ScheduleRun> {
  const simulation = new Simulation(schedule, sandbox, options);
  const realNow = Date.now;
  const realRandom = Math.random;
  Date.now = () => simulation.queue.now;
  Math.random = () => 0.5;
  try {
    return await simulation.run();
  } finally {
    Date.now = realNow;
    Math.random = realRandom;
  }
}

class Simulation {
  readonly queue: EventQueue;
  private readonly schedule: Schedule;
  private readonly vendor = new Vendor();
  private readonly recording: Recording;
  private readonly server: SimulatedServer;
  private readonly decisions;
  private actionsScheduled = false;
  private isDecisionPending = false;

  constructor(schedule: Schedule, sandbox: Sandbox, { alwaysFirstAttempt = false }: SimulationOptions) {
    const queue = new EventQueue(schedule.delaysMs);
    this.queue = queue;
    this.schedule = schedule;
    this.decisions = expandDecisions(schedule);
    this.recording = new Recording(() => queue.now);
    const client = createVendorClient(schedule, this.vendor, this.recording, this.createCallHooks());
    const workerFaults = new Map(
      schedule.workerFaults.map(({ attempt, workerFault }) => [attempt, workerFault]),
    );
    this.server = new SimulatedServer({
      sandbox,
      queue,
      recording: this.recording,
      alwaysFirstAttempt,
      activities: createModelActivities(schedule, client, () => this.server.hasEarlierRun),
      workerFaultAt: (attempt) => workerFaults.get(attempt),
      onStatus: (status) => {
        this.onStatus(status);
      },
    });
  }

  async run(): Promise<ScheduleRun> {
    const { queue, server, schedule, recording, vendor } = this;
    await server.start('signing-model', createRequest(schedule));
    for (let steps = 0; !server.closed; steps += 1) {
      if (steps > MAX_STEPS) recording.end({ how: 'broken', why: 'does not end' });
      else if (!(await queue.step())) recording.end({ how: 'broken', why: 'waits for nothing' });
      else continue;
      break;
    }
    await server.close();
    vendor.applyDeferred();
    return { schedule, recording, vendor };
  }

  /** People decide when a decision is needed; employee and customer act once the signing waits for them. */
  private onStatus(status: SigningStatus): void {
    const { state } = status;
    if (state === 'needs-attention') this.scheduleDecision(status);
    if (state.startsWith('awaiting') && !this.actionsScheduled) {
      this.actionsScheduled = true;
      let after = 0;
      for (const { afterMs, action, document } of this.schedule.personActions) {
        after += afterMs;
        this.queue.schedule(after, () => {
          this.vendor.perform(action, document);
        });
      }
    }
  }

  private scheduleDecision(status: SigningStatus): void {
    if (this.isDecisionPending) return;
    const next = this.decisions.shift();
    if (next === undefined) return;
    this.isDecisionPending = true;
    this.decideAfter(getDecisionDelayMs(next, status, this.queue.now), next.decision);
  }

  private decideAfter(ms: number, decision: Decision): void {
    this.queue.schedule(ms, () => {
      if (this.server.isPaused) {
        this.decideAfter(PAUSED_WORKFLOW_DELAY_MS, decision);
        return undefined;
      }
      this.isDecisionPending = false;
      if (this.server.status?.state !== 'needs-attention') return undefined;
      this.inject({ type: 'decide', decision });
    });
  }

  private createCallHooks(): CallHooks {
    const happen = (call: number, moment: TimedInjection['moment']): void => {
      for (const timed of this.schedule.injections) {
        if (timed.call === call && timed.moment === moment) this.inject(timed.injection);
      }
    };
    const pass = (): Promise<void> => this.queue.sleep(this.queue.nextDelayMs(MAX_CALL_DELAY_MS));
    return {
      beforeEffect: async (call) => {
        for (const { call: at, moment, laterMs, injection } of this.schedule.injections) {
          if (at === call && moment === 'later')
            this.queue.schedule(laterMs, () => {
              this.inject(injection);
            });
        }
        await pass();
        happen(call, 'before-effect');
      },
      beforeResponse: async (call) => {
        await pass();
        happen(call, 'before-answer');
      },
      schedule: (ms, happens) => {
        this.queue.schedule(ms, happens);
      },
    };
  }

  private inject(injection: Injection): void {
    const { server, recording, vendor } = this;
    if (server.closed) return;
    switch (injection.type) {
      case 'checkNow':
        recording.message('checkNow', null);
        server.signal('checkNow');
        return;
      case 'cancel':
        recording.message('cancel', null);
        server.cancel();
        return;
      case 'decide': {
        if (server.status === undefined) return;
        const resolution = createResolution(injection.decision, server.status, vendor, recording);
        server.update('resolve', resolution, recording.message('resolve', resolution));
        return;
      }
      case 'record':
        server.update(
          'recordOutcome',
          injection.outcome,
          recording.message('recordOutcome', injection.outcome),
        );
        return;
      case 'person-action':
        vendor.perform(injection.action, injection.document);
        return;
      case 'evict':
        server.evict();
        return;
      case 'suggest-continue-as-new':
        server.suggestContinueAsNew();
        return;
      case 'operator':
        this.queue.schedule(0, () => this.operate(injection.action));
        return;
      case 'pause':
        recording.operator();
        server.forEachActivity((task) => {
          task.pause();
        });
        this.queue.schedule(injection.forMs, () => {
          recording.operator();
          server.forEachActivity((task) => {
            endPause(task, injection.end);
          });
        });
        return;
      case 'pause-workflow':
        recording.operator();
        server.pause();
        this.queue.schedule(injection.forMs, () => {
          recording.operator();
          server.unpause();
        });
        return;
      case 'reset':
        // A separate event: a call that is aborted meanwhile waits for no injection.
        this.queue.schedule(0, () => server.reset(injection.tasks));
        return;
    }
  }

  private async operate(action: OperatorAction): Promise<void> {
    const { server, schedule } = this;
    if (action === 'start-again') await server.startAgain(createRequest(schedule));
    else server.forEachActivity(ACTIVITY_ACTIONS[action]);
  }
}

const ACTIVITY_ACTIONS: Readonly<
  Record<Exclude<OperatorAction, 'start-again'>, (task: ActivityTask) => void>
> = {
  reset: (task) => {
    task.reset({ clears: false, keepsPaused: false });
  },
  'reset-cleared': (task) => {
    task.reset({ clears: true, keepsPaused: false });
  },
  'allow-attempts': (task) => {
    task.raiseMaxAttempts();
  },
  'shorten-timeout': (task) => {
    task.shortenHeartbeatTimeout();
  },
  'fail-by-hand': (task) => {
    task.failByHand();
  },
};

function endPause(task: ActivityTask, end: PauseEnd): void {
  if (end.startsWith('reset'))
    task.reset({ clears: end !== 'reset', keepsPaused: end === 'reset-while-paused' });
  task.unpause(end === 'unpause-cleared');
}
