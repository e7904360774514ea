import type { Evidence, Violation, ViolationKind } from './evidence.js';
import { VIOLATIONS } from './evidence.js';
import { type FinalState, readFinalState } from './outcome.js';

type Row = readonly [label: string, count: number];

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

/** The table: how the signings ended, and below the line what must be 0. */
export function formatTable(
  { acceptedSignings, workflows }: Evidence,
  violations: readonly Violation[],
): string {
  const finalStates = acceptedSignings.map(({ plan }) => readFinalState(workflows.get(plan.requestId)));
  const countOf = (finalState: FinalState): number =>
    finalStates.filter((state) => state === finalState).length;
  const above: Row[] = [
    ['sessions started', acceptedSignings.length],
    ...FINAL_STATES.map((end): Row => [`  ${formatFinalState(end)}`, countOf(end)]),
    ['  waiting for an operator', countOf('needs-attention')],
    ...countReasons(acceptedSignings.map(({ plan }) => workflows.get(plan.requestId)?.status ?? null)),
  ];
  const below = Object.entries(VIOLATIONS).map(([kind, label]): Row => [
    label,
    violations.filter((violation) => violation.kind === kind).length,
  ]);
  const lines = (rows: readonly Row[]): string[] =>
    rows.map(([label, count]) => `${String(count).padStart(COUNT_WIDTH)}  ${label}`);
  return [...lines(above), SEPARATOR, ...lines(below)].join('\n');
}

function formatFinalState(finalState: FinalState): string {
  return finalState === 'refused' ? 'refused, nothing sent' : finalState;
}

type Status = NonNullable<NonNullable<ReturnType<Evidence['workflows']['get']>>['status']>;

/** Why signings wait for an operator, the most frequent reason first. */
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

/** One violation a line, the worst last. */
export function formatViolations(violations: readonly Violation[]): string {
  const order = Object.keys(VIOLATIONS) as ViolationKind[];
  return order
    .flatMap((kind) => violations.filter((violation) => violation.kind === kind))
    .map(({ kind, requestId, description }) => `${VIOLATIONS[kind]}: ${requestId}, ${description}`)
    .join('\n');
}
