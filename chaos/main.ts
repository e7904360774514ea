/**
 * `npm run chaos -- [--sessions N] [--seed S]`: runs many signings through faults and crashes, then compares each with
 * the vendor. Exits with 1 if anything was created or attached twice, in the wrong order or with wrong bytes, or lost.
 */
import { randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type ProcessLifecycle, runWithCleanup } from '../scripts/processes/process-lifecycle.js';
import { planSignings } from './plan/signing.js';
import { createProgressDisplay } from './progress.js';
import { formatRunReport } from './report.js';
import { collectEvidence } from './run/collect-evidence.js';
import { startEnvironment } from './run/environment.js';
import { startProcessKiller } from './run/process-killer.js';
import { type Progress, runSignings } from './run/run-signings.js';
import { formatTable, formatViolations } from './verify/table.js';
import { findViolations } from './verify/verify.js';

export interface Arguments {
  readonly sessions: number;
  readonly seed: number;
}

const DEFAULT_SESSIONS = 200;
const MAX_SESSIONS = 9_999;
const SEED_COUNT = 2 ** 31;

/** Reads the command line; without `--seed` the seed is random. @throws Error with one sentence for a wrong argument */
function readArguments(args: readonly string[]): Arguments {
  const options = { sessions: { type: 'string' }, seed: { type: 'string' } } as const;
  const { values } = parseArgs({ args: [...args], options });
  return {
    sessions: parseWholeNumber('--sessions', values.sessions, 1, MAX_SESSIONS) ?? DEFAULT_SESSIONS,
    seed: parseWholeNumber('--seed', values.seed, 0, SEED_COUNT - 1) ?? randomInt(SEED_COUNT),
  };
}

function parseWholeNumber(
  name: string,
  text: string | undefined,
  min: number,
  max: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max))
    throw new Error(`${name} must be a whole number from ${min} to ${max}, not ${text}.`);
  return value;
}

const RESULTS_FOLDER = path.resolve(__dirname, '../../.chaos');

async function main(lifecycle: ProcessLifecycle): Promise<void> {
  const args = readArguments(process.argv.slice(2));
  const folder = path.join(RESULTS_FOLDER, `${args.seed}-${process.pid}`);
  const stopping = new AbortController();
  let keepFolder = false;
  lifecycle.addCleanup(() => {
    if (!keepFolder) rmSync(folder, { recursive: true, force: true });
  });
  try {
    await runChaos(lifecycle, args, { folder, stopping });
  } catch (error) {
    keepFolder = !stopping.signal.aborted;
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${why}\nDatabase and logs are in ${folder}; to repeat the run: ${formatCommand(args)}`, {
      cause: error,
    });
  }
}

interface ChaosContext {
  readonly folder: string;
  /** Aborted before anything is stopped. */
  readonly stopping: AbortController;
}

/** @throws Error with one sentence per violation */
async function runChaos(
  lifecycle: ProcessLifecycle,
  args: Arguments,
  { folder, stopping }: ChaosContext,
): Promise<void> {
  const { sessions, seed } = args;
  const progressDisplay = createProgressDisplay(sessions);
  const plans = planSignings(seed, sessions);
  const documents = plans.reduce((sum, plan) => sum + plan.documents.length, 0);
  progressDisplay.print(
    `${sessions} sessions with ${documents} documents; to repeat the run: ${formatCommand(args)}`,
  );

  const environment = await startEnvironment(lifecycle, folder);
  let effects = 0;
  const killer = startProcessKiller(seed, { ...environment, effects: () => effects });
  lifecycle.addCleanup(async () => {
    stopping.abort();
    await killer.stop();
  });
  const onProgress = (progress: Progress): void => {
    effects = progress.effects;
    progressDisplay.update(progress);
  };
  const running = runSignings({ ...environment, plans, killer, onProgress, signal: stopping.signal });
  const run = await Promise.race([running, killer.failure, environment.vendor.unexpectedExit]);
  progressDisplay.print('Comparing the vendor’s ledger with every workflow …');
  const evidence = await collectEvidence(environment.client, environment.vendor, run.runs);
  const violations = findViolations(evidence);

  const killCounts = { ...killer.killCounts, ended: environment.workers.unexpectedExits() };
  progressDisplay.print(
    `\n${formatRunReport(evidence, run, killCounts)}\n\n${formatTable(evidence, violations)}\n`,
  );
  if (run.runs.length < sessions)
    throw new Error(`${sessions - run.runs.length} sessions could not be started.`);
  if (violations.length > 0) throw new Error(`${formatViolations(violations)}\nEach of these is a bug.`);
}

function formatCommand({ sessions, seed }: Arguments): string {
  return `npm run chaos -- --sessions ${sessions} --seed ${seed}`;
}

void runWithCleanup(main, { whenInterrupted: 130 });
