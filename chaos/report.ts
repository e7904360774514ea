import { FAULT_KINDS, classifyFault } from './plan/faults.js';
import type { KillCounts } from './run/process-killer.js';
import type { RunResult } from './run/run-signings.js';
import type { Evidence } from './verify/evidence.js';

/** Kills, faults and decisions of a run. `ended`: how many workers exited without being killed. */
export function formatRunReport(
  evidence: Evidence,
  run: RunResult,
  { workersKilled, serverKilled, ended }: KillCounts & { readonly ended: number },
): string {
  const { ledger, acceptedSignings, workflows } = evidence;
  const hit = ledger.filter(({ fault }) => fault === true).length;
  const lost = sum([...workflows.values()].map(({ calls }) => calls.lost));
  const planned = sum(acceptedSignings.map(({ plan }) => countBy(plan.faults.map(classifyFault))));
  const { adopt, retry } = run.decisions;
  return [
    `Killed: workers ${workersKilled} times, the Temporal server ${serverKilled} times`,
    `Workers that exited unexpectedly and were started again: ${ended}`,
    `Calls at the vendor: ${ledger.length}, of which ${hit} met a fault`,
    `Faults planned: ${FAULT_KINDS.map((kind) => `${kind} ${planned[kind] ?? 0}`).join(', ')}`,
    `Calls cut off with their worker: ${formatCounts(lost)}`,
    `Decided by the operator: ${adopt} adopted, ${retry} tried again`,
    `Actions of people that failed: ${formatCounts(Object.fromEntries(run.failedTasks))}`,
  ].join('\n');
}

function countBy(names: readonly string[]): Record<string, number> {
  return sum(names.map((name) => ({ [name]: 1 })));
}

function sum(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const [name, count] of counts.flatMap((one) => Object.entries(one)))
    total[name] = (total[name] ?? 0) + count;
  return total;
}

function formatCounts(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts).sort(([, one], [, other]) => other - one);
  return entries.length === 0 ? 'none' : entries.map(([name, count]) => `${name} ${count}`).join(', ');
}
