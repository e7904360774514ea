import { setTimeout as sleep } from 'node:timers/promises';
import { NoServerError, type SigningClient } from '../../src/starter/index.js';
import type { SessionPlan } from '../plan/session.js';
import { createErrands } from './errands.js';
import { createPeople, type Decisions } from './people.js';
import type { Play } from './play.js';
import { countStates, lookAround, type Counts, type Situation } from './situation.js';
import type { Damage, Storm } from './storm.js';
import type { Vendor } from './vendor.js';

export interface RunOptions {
  readonly plans: readonly SessionPlan[];
  readonly signings: SigningClient;
  readonly vendor: Vendor;
  readonly storm: Storm;
  readonly documentRoot: string;
  readonly onLook: (progress: Progress) => void;
  /** Ends the run early, by rejecting. */
  readonly signal: AbortSignal;
}

export interface Progress {
  readonly accepted: number;
  readonly counts: Counts;
  /** How much has happened at the vendor. */
  readonly effects: number;
  readonly damage: Damage;
  readonly decisions: Decisions;
}

export interface RunResult {
  readonly plays: readonly Play[];
  readonly decisions: Decisions;
  /** What people were told in vain, by the name of the error. */
  readonly toldInVain: ReadonlyMap<string, number>;
}

const LOOK_EVERY_MS = 1_000;

/**
 * Employees do not click all at once. Looking at PDFs is the dearest part, and begun again when its worker is killed: with
 * too many at a time none would get through.
 */
const CHECKING_AT_ONCE = 12;
const SENDING_AT_ONCE = 30;

/** The storm ends before the last sessions do, so that their waits do not add up to hours. */
const LAST_SHARE = 0.03;
const CALM_WHEN_QUIET_MS = 90_000;
/** Longer than any pause a session can make at this run's faults: what is quiet for so long is stuck. */
const GIVE_UP_WHEN_QUIET_MS = 420_000;

/** Lets all sessions run to their end through the storm. Returns when each has ended, waits for a human who does not come, or is stuck. */
export async function runSessions(options: RunOptions): Promise<RunResult> {
  const { plans, signings, vendor, storm, documentRoot, onLook, signal } = options;
  const plays: Play[] = [];
  const waiting = [...plans];
  const errands = createErrands();
  const onAccepted = (play: Play): void => void plays.push(play);
  const people = createPeople({ signings, vendor, documentRoot, errands, onAccepted });
  const quiet = createQuiet();

  for (;;) {
    await sleep(LOOK_EVERY_MS, undefined, { signal });
    const situation = await lookUnlessDown(signings, vendor, plans.length * 2);
    if (situation === undefined) continue;
    const accepted = plays.map(({ plan }) => plan.requestId);
    const counts = countStates(situation, accepted);
    const started = plans.length - waiting.length;
    const { effects } = situation;
    onLook({ accepted: plays.length, counts, effects, damage: storm.damage, decisions: people.decisions });

    const checking = counts.checking + started - plays.length;
    const free = counts.sending < SENDING_AT_ONCE ? Math.max(0, CHECKING_AT_ONCE - checking) : 0;
    for (const plan of waiting.splice(0, free)) people.start(plan);
    for (const play of plays) people.act(play, situation);

    const open = plays.filter(({ plan }) => !isAtRest(plan, situation)).length + plans.length - plays.length;
    if (open === 0) break;
    const quietMs = quiet.since(situation.mark);
    if (open <= Math.max(1, plans.length * LAST_SHARE) || quietMs > CALM_WHEN_QUIET_MS) void storm.calm();
    if (quietMs > GIVE_UP_WHEN_QUIET_MS) break;
  }
  await storm.calm();
  await errands.ended();
  return { plays, decisions: people.decisions, toldInVain: errands.failed };
}

async function lookUnlessDown(
  signings: SigningClient,
  vendor: Vendor,
  most: number,
): Promise<Situation | undefined> {
  return lookAround(signings, vendor, most).catch((error: unknown) => {
    if (error instanceof NoServerError) return undefined;
    throw error;
  });
}

/** Whether nothing more is to be expected of a session. */
function isAtRest({ requestId, leftWaiting }: SessionPlan, { states }: Situation): boolean {
  const state = states.get(requestId);
  if (state === 'needs-attention') return leftWaiting;
  return ['completed', 'failed', 'withdrawn', 'expired', 'cancelled', 'terminated'].includes(state ?? '');
}

function createQuiet(): { since(mark: string): number } {
  let last = '';
  let changedAt = Date.now();
  return {
    since: (mark) => {
      if (mark !== last) changedAt = Date.now();
      last = mark;
      return Date.now() - changedAt;
    },
  };
}
