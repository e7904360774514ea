import { setTimeout as sleep } from 'node:timers/promises';
import type { SigningClient } from '../../src/starter/index.js';
import type { SessionPlan } from '../plan/session.js';
import { createErrands } from './errands.js';
import { createPeople, type Decisions } from './people.js';
import type { Play } from './play.js';
import { countStates, hasEnded, lookAround, stateIn, type Counts, type Situation } from './situation.js';
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
  readonly counts: Counts;
  /** How much has happened at the vendor. */
  readonly effects: number;
  readonly damage: Damage;
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
 * too many documents at a time none would get through.
 */
const DOCUMENTS_CHECKED_AT_ONCE = 24;
/** A session with many documents that keeps losing its workers must not hold up all others. */
const SESSIONS_CHECKED_AT_LEAST = 3;
const SENDING_AT_ONCE = 30;

/** The storm ends before the last sessions do, so that their waits do not add up to hours. */
const LAST_SHARE = 0.03;
const CALM_WHEN_QUIET_MS = 90_000;
/** Longer than any pause a session can make at this run's faults: what is quiet for so long is stuck. */
const GIVE_UP_WHEN_QUIET_MS = 420_000;

/**
 * Lets all sessions run to their end through the storm. Returns when each has ended, waits for a human who does not come,
 * or is stuck.
 */
export async function runSessions(options: RunOptions): Promise<RunResult> {
  const { plans, signings, vendor, storm, documentRoot, onLook, signal } = options;
  const plays: Play[] = [];
  let begun = 0;
  const errands = createErrands();
  const onAccepted = (play: Play): void => void plays.push(play);
  const people = createPeople({ signings, vendor, documentRoot, errands, onAccepted });
  const quiet = createQuiet();

  for (;;) {
    await sleep(LOOK_EVERY_MS, undefined, { signal });
    const situation = await look(options, quiet);
    if (situation === undefined) continue;
    const counts = countStates(situation, plays);
    const { effects } = situation;
    onLook({ counts, effects, damage: storm.damage });

    const next = counts.sending < SENDING_AT_ONCE ? nextOf(plans, begun, situation) : [];
    for (const plan of next) people.start(plan);
    begun += next.length;
    for (const play of plays) people.act(play, situation);

    const open = plans.filter((plan) => !isAtRest(plan, situation)).length;
    if (open === 0 || quiet.lastsMs() > GIVE_UP_WHEN_QUIET_MS) break;
    if (open <= Math.max(1, plans.length * LAST_SHARE) || quiet.lastsMs() > CALM_WHEN_QUIET_MS)
      void storm.calm();
  }
  await storm.calm();
  await errands.ended();
  return { plays, decisions: people.decisions, toldInVain: errands.failed };
}

/** Nothing can be seen while the server is down; that it does not come back is thrown. */
async function look({ plans, signings, vendor }: RunOptions, quiet: Quiet): Promise<Situation | undefined> {
  try {
    const situation = await lookAround(signings, vendor, plans.length * 2);
    quiet.heed(situation.mark);
    return situation;
  } catch (error) {
    if (quiet.lastsMs() > GIVE_UP_WHEN_QUIET_MS) throw error;
    return undefined;
  }
}

/** The sessions that can begin now, beside those whose documents are still being looked at. */
function nextOf(plans: readonly SessionPlan[], begun: number, situation: Situation): SessionPlan[] {
  const checking = plans
    .slice(0, begun)
    .filter(({ requestId }) => stateIn(situation, requestId) === 'checking-documents');
  let documents = checking.reduce((sum, plan) => sum + plan.documents.length, 0);
  const next: SessionPlan[] = [];
  for (const plan of plans.slice(begun)) {
    documents += plan.documents.length;
    const sessions = checking.length + next.length;
    if (documents > DOCUMENTS_CHECKED_AT_ONCE && sessions >= SESSIONS_CHECKED_AT_LEAST) break;
    next.push(plan);
  }
  return next;
}

/** Whether nothing more is to be expected of a session. */
function isAtRest({ requestId, leftWaiting }: SessionPlan, situation: Situation): boolean {
  const state = stateIn(situation, requestId);
  return hasEnded(state) || (leftWaiting && state === 'needs-attention');
}

/** How long nothing has moved. */
interface Quiet {
  heed(mark: string): void;
  lastsMs(): number;
}

function createQuiet(): Quiet {
  let last = '';
  let changedAt = Date.now();
  return {
    heed: (mark) => {
      if (mark !== last) changedAt = Date.now();
      last = mark;
    },
    lastsMs: () => Date.now() - changedAt,
  };
}
