import { readFinalState, type FinalState } from './outcome.js';
import type { Evidence } from './evidence.js';
import { VIOLATIONS, type Violation, type ViolationKind } from './evidence.js';

type Row = readonly [what: string, count: number];

const COUNT_WIDTH = 6;
const SEPARATOR = '-'.repeat(COUNT_WIDTH + 50);

const FINAL_STATES: readonly FinalState[] = [
  'completed',
  'failed',
  'withdrawn',
  'expired',
  'cancelled',
  'refused',
];

/** The one table: how all sessions ended, and below the line what must be 0. */
export function formatTable(
  { acceptedSignings, workflows }: Evidence,
  findings: readonly Violation[],
): string {
  const finalStates = acceptedSignings.map(({ plan }) => readFinalState(workflows.get(plan.requestId)));
  const countOf = (standing: FinalState): number => finalStates.filter((one) => one === standing).length;
  const above: Row[] = [
    ['sessions started', acceptedSignings.length],
    ...FINAL_STATES.map((end): Row => [`  ${formatFinalState(end)}`, countOf(end)]),
    ['  waiting for a human', countOf('needs-attention')],
    ...countReasons(acceptedSignings.map(({ plan }) => workflows.get(plan.requestId)?.status ?? null)),
  ];
  const below = Object.entries(VIOLATIONS).map(([offence, words]): Row => [
    words,
    findings.filter((finding) => finding.kind === offence).length,
  ]);
  const lines = (rows: readonly Row[]): string[] =>
    rows.map(([what, count]) => `${String(count).padStart(COUNT_WIDTH)}  ${what}`);
  return [...lines(above), SEPARATOR, ...lines(below)].join('\n');
}

function formatFinalState(standing: FinalState): string {
  return standing === 'refused' ? 'refused, nothing sent' : standing;
}

type Status = NonNullable<NonNullable<ReturnType<Evidence['workflows']['get']>>['status']>;

/** Why sessions wait for a human, the most frequent reason first. */
function countReasons(statuses: readonly (Status | null)[]): Row[] {
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
export function formatViolations(findings: readonly Violation[]): string {
  const order = Object.keys(VIOLATIONS) as ViolationKind[];
  return order
    .flatMap((offence) => findings.filter((finding) => finding.kind === offence))
    .map(({ kind, requestId, description }) => `${VIOLATIONS[kind]}: ${requestId}, ${description}`)
    .join('\n');
}
