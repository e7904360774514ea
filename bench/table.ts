import type { Distribution, Summary, Target } from './measurement.js';

const HEADER = ['figure', 'rounds', 'min / median / max', 'reference', 'ratio', 'to reach', ''];

/** Formats the measurements as a plain text table. */
export function formatTable(summaries: readonly Summary[]): string {
  const lines = [HEADER, ...summaries.map(formatCells)];
  const widths = HEADER.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const padded = lines.map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)));
  const [head = [], ...body] = padded;
  return [head, widths.map((width) => '-'.repeat(width)), ...body]
    .map((line) => line.join('  ').trimEnd())
    .join('\n');
}

function formatCells({ name, unit, rounds, measured, reference, ratio, target, reached }: Summary): string[] {
  return [
    name,
    String(rounds),
    `${formatDistribution(measured)} ${unit}`,
    reference === null ? '' : `${formatDistribution(reference)} ${unit}`,
    ratio === null ? '' : ratio.toFixed(2),
    target === null ? '' : formatTarget(target),
    reached === null ? '' : reached ? 'reached' : 'MISSED',
  ];
}

function formatDistribution({ min, median, max }: Distribution): string {
  return [min, median, max].map((value) => value.toFixed(1)).join(' / ');
}

function formatTarget({ of, atMost, atLeast, allowance }: Target): string {
  const bounds = [atLeast === undefined ? '' : `≥ ${atLeast}`, atMost === undefined ? '' : `≤ ${atMost}`];
  const more = allowance === undefined ? '' : ` + ${allowance}`;
  return `${of} ${bounds.filter((bound) => bound !== '').join(', ')}${more}`;
}
