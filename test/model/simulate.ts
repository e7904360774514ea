import type { SigningStatus } from '../../src/domain/status.js';
import { Agenda } from './agenda.js';
import { decisionsOf, resolutionFor, thoughtMs } from './decisions.js';
import { createModelActivities } from './dependencies.js';
import type { Played } from './played.js';
import { Recording } from './recording.js';
import { requestOf } from './request.js';
import type { Sandbox } from './sandbox.js';
import type { Happening, Schedule, Timed } from './schedule.js';
import { SimulatedServer } from './simulated-server.js';
import { Vendor } from './vendor.js';
import { createVendorClient, type Passage } from './vendor-client.js';

/** More steps than any session needs; one that takes more does not come to an end. */
const MOST_STEPS = 20_000;
const LONGEST_HALF_OF_A_CALL_MS = 10_000;

export interface SimulationOptions {
  /** A bug: every attempt of an activity takes itself for the first one. */
  readonly hidesAttempts?: boolean;
}

/** Plays a schedule to its end against the simulated server, on a clock of its own. */
export async function simulate(
  schedule: Schedule,
  sandbox: Sandbox,
  options: SimulationOptions = {},
): Promise<Played> {
  const simulation = new Simulation(schedule, sandbox, options);
  const realNow = Date.now;
  const realRandom = Math.random;
  Date.now = () => simulation.agenda.now;
  Math.random = () => 0.5;
  try {
    return await simulation.play();
  } finally {
    Date.now = realNow;
    Math.random = realRandom;
  }
}

class Simulation {
  readonly agenda: Agenda;
  private readonly schedule: Schedule;
  private readonly vendor = new Vendor();
  private readonly recording: Recording;
  private readonly server: SimulatedServer;
  private readonly decisions;
  private deedsBegun = false;
  private thinking = false;

  constructor(schedule: Schedule, sandbox: Sandbox, { hidesAttempts = false }: SimulationOptions) {
    const agenda = new Agenda(schedule.pace);
    this.agenda = agenda;
    this.schedule = schedule;
    this.decisions = decisionsOf(schedule);
    this.recording = new Recording(() => agenda.now);
    const client = createVendorClient(schedule, this.vendor, this.recording, this.passage());
    const mishaps = new Map(schedule.mishaps.map(({ attempt, mishap }) => [attempt, mishap]));
    this.server = new SimulatedServer({
      sandbox,
      agenda,
      recording: this.recording,
      hidesAttempts,
      activities: createModelActivities(schedule, client),
      mishapAt: (attempt) => mishaps.get(attempt),
      onStatus: (status) => {
        this.react(status);
      },
    });
  }

  async play(): Promise<Played> {
    const { agenda, server, schedule, recording, vendor } = this;
    await server.start('signing-model', requestOf(schedule));
    for (let steps = 0; !server.closed; steps += 1) {
      if (steps > MOST_STEPS) recording.end({ how: 'broken', why: 'does not come to an end' });
      else if (!(await agenda.step())) recording.end({ how: 'broken', why: 'waits for nothing' });
      else continue;
      break;
    }
    await server.close();
    vendor.settle();
    return { schedule, recording, vendor };
  }

  /** Humans decide when they are asked; employee and customer act once the session waits for them. */
  private react(status: SigningStatus): void {
    const { state } = status;
    if (state === 'needs-attention') this.ask(status);
    if (state.startsWith('awaiting') && !this.deedsBegun) {
      this.deedsBegun = true;
      let after = 0;
      for (const { afterMs, deed, document } of this.schedule.deeds) {
        after += afterMs;
        this.agenda.after(after, () => {
          this.vendor.do(deed, document);
        });
      }
    }
  }

  private ask(status: SigningStatus): void {
    if (this.thinking) return;
    const next = this.decisions.shift();
    if (next === undefined) return;
    this.thinking = true;
    this.agenda.after(thoughtMs(next, status, this.agenda.now), () => {
      this.thinking = false;
      if (this.server.status?.state !== 'needs-attention') return undefined;
      return this.happen({ what: 'decide', decision: next.decision });
    });
  }

  private passage(): Passage {
    const happen = async (call: number, moment: Timed['moment']): Promise<void> => {
      for (const timed of this.schedule.happenings) {
        if (timed.call === call && timed.moment === moment) await this.happen(timed.happening);
      }
    };
    const pass = (): Promise<void> => this.agenda.wait(this.agenda.nextPaceMs(LONGEST_HALF_OF_A_CALL_MS));
    return {
      beforeEffect: async (call) => {
        for (const { call: at, moment, laterMs, happening } of this.schedule.happenings) {
          if (at === call && moment === 'later') this.agenda.after(laterMs, () => this.happen(happening));
        }
        await pass();
        await happen(call, 'before-effect');
      },
      beforeAnswer: async (call) => {
        await pass();
        await happen(call, 'before-answer');
      },
      later: (ms, happens) => {
        this.agenda.after(ms, happens);
      },
    };
  }

  private async happen(happening: Happening): Promise<void> {
    const { server, recording, vendor } = this;
    if (server.closed) return;
    switch (happening.what) {
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
        const resolution = resolutionFor(happening.decision, server.status, vendor, recording);
        server.update('resolve', resolution, recording.message('resolve', resolution));
        return;
      }
      case 'record':
        server.update(
          'recordOutcome',
          happening.outcome,
          recording.message('recordOutcome', happening.outcome),
        );
        return;
      case 'deed':
        vendor.do(happening.deed, happening.document);
        return;
      case 'evict':
        server.evict();
        return;
      case 'suggest-fresh-run':
        server.suggestFreshRun();
        return;
      case 'allow-attempts':
        server.allowAttempts();
        return;
      case 'reset':
        await server.reset(happening.tasks);
        return;
    }
  }
}
