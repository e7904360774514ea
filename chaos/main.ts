/**
 * `npm run chaos -- [--sessions N] [--seed S]`: many sessions through faults and crashes, and a judgement on what became of
 * each. Ends with 1 when anything was created or attached twice, in the wrong order or with wrong bytes, lost or stuck.
 */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { readArguments, type Arguments } from './arguments.js';
import { judge } from './judge/judge.js';
import { listOf, tableOf } from './judge/table.js';
import { planSessions } from './plan/session.js';
import { weatherReport } from './report.js';
import { collect } from './run/collect.js';
import { runSessions, type Progress } from './run/run.js';
import { setStage } from './run/stage.js';
import { startStorm } from './run/storm.js';
import { createScreen } from './screen.js';
import { live, type Life } from '../scripts/life.js';

const KEPT = path.resolve(__dirname, '../../.chaos');

async function main(life: Life): Promise<void> {
  const chosen = readArguments(process.argv.slice(2));
  const folder = path.join(KEPT, `${chosen.seed}-${process.pid}`);
  const over = new AbortController();
  let isKept = false;
  life.stopAtEnd(() => {
    if (!isKept) rmSync(folder, { recursive: true, force: true });
  });
  try {
    await chaos(life, chosen, { folder, over });
  } catch (error) {
    isKept = !over.signal.aborted;
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${why}\nDatabase and logs are in ${folder}; to repeat the run: ${commandOf(chosen)}`, {
      cause: error,
    });
  }
}

interface Frame {
  readonly folder: string;
  /** Aborted when the program is to end, before anything is stopped. */
  readonly over: AbortController;
}

/** Throws one sentence when something was found that must not be. */
async function chaos(life: Life, chosen: Arguments, { folder, over }: Frame): Promise<void> {
  const { sessions, seed } = chosen;
  const screen = createScreen(sessions);
  const plans = planSessions(seed, sessions);
  const documents = plans.reduce((sum, plan) => sum + plan.documents.length, 0);
  screen.say(`${sessions} sessions with ${documents} documents; to repeat the run: ${commandOf(chosen)}`);

  const stage = await setStage(life, folder);
  let effects = 0;
  const storm = startStorm(seed, { ...stage, effects: () => effects });
  life.stopAtEnd(async () => {
    over.abort();
    await storm.calm();
  });
  const onLook = (progress: Progress): void => {
    effects = progress.effects;
    screen.show(progress);
  };
  const running = runSessions({ ...stage, plans, storm, onLook, signal: over.signal });
  const run = await Promise.race([running, storm.broken, stage.vendor.broken]);
  screen.say('Comparing what the vendor remembers with every workflow …');
  const evidence = await collect(stage.client, stage.vendor, run.plays);
  const findings = judge(evidence);

  const damage = { ...storm.damage, ended: stage.workers.ended() };
  screen.say(`\n${weatherReport(evidence, run, damage)}\n\n${tableOf(evidence, findings)}\n`);
  if (run.plays.length < sessions)
    throw new Error(`${sessions - run.plays.length} sessions could not be started at all.`);
  if (findings.length > 0) throw new Error(`${listOf(findings)}\nThat must not be.`);
}

function commandOf({ sessions, seed }: Arguments): string {
  return `npm run chaos -- --sessions ${sessions} --seed ${seed}`;
}

void live(main, { whenInterrupted: 130 });
