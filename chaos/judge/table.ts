import { standingOf, type Standing } from './ending.js';
import type { Evidence } from './evidence.js';
import { OFFENCES, type Finding, type Offence } from './finding.js';

type Row = readonly [what: string, count: number];

const COUNT_WIDTH = 6;
const RULE = '-'.repeat(COUNT_WIDTH + 50);

const ENDS: readonly Standing[] = ['completed', 'failed', 'withdrawn', 'expired', 'cancelled', 'refused'];

/** The one table: how all sessions ended, and below the line what must be 0. */
export function tableOf({ orders, workflows }: Evidence, findings: readonly Finding[]): string {
  const standings = orders.map(({ plan }) => standingOf(workflows.get(plan.requestId)));
  const times = (standing: Standing): number => standings.filter((one) => one === standing).length;
  const above: Row[] = [
    ['sessions started', orders.length],
    ...ENDS.map((end): Row => [`  ${nameOf(end)}`, times(end)]),
    ['  waiting for a human', times('needs-attention')],
    ...reasons(orders.map(({ plan }) => workflows.get(plan.requestId)?.status ?? null)),
  ];
  const below = Object.entries(OFFENCES).map(([offence, words]): Row => [
    words,
    findings.filter((finding) => finding.offence === offence).length,
  ]);
  const lines = (rows: readonly Row[]): string[] =>
    rows.map(([what, count]) => `${String(count).padStart(COUNT_WIDTH)}  ${what}`);
  return [...lines(above), RULE, ...lines(below)].join('\n');
}

function nameOf(standing: Standing): string {
  return standing === 'refused' ? 'refused, nothing sent' : standing;
}

type Status = NonNullable<NonNullable<ReturnType<Evidence['workflows']['get']>>['status']>;

/** Why sessions wait for a human, the most frequent reason first. */
function reasons(statuses: readonly (Status | null)[]): Row[] {
  const counts = new Map<string, number>();
  for (const status of statuses) {
    if (status?.state !== 'needs-attention' || status.attention === null) continue;
    const { step, reason } = status.attention;
    const why = `    ${reason.startsWith(step) ? reason : `${step}: ${reason}`}`;
    counts.set(why, (counts.get(why) ?? 0) + 1);
  }
  return [...counts].sort(([, one], [, other]) => other - one);
}

/** Every finding in a line of its own, the worst offence last. */
export function listOf(findings: readonly Finding[]): string {
  const order = Object.keys(OFFENCES) as Offence[];
  return order
    .flatMap((offence) => findings.filter((finding) => finding.offence === offence))
    .map(({ offence, requestId, what }) => `${OFFENCES[offence]}: ${requestId}, ${what}`)
    .join('\n');
}
