import type { Spread, Summary, Target } from './figure.js';

const HEAD = ['figure', 'rounds', 'min / median / max', 'reference', 'ratio', 'to reach', ''];

/** The figures as a table of plain text. */
export function table(summaries: readonly Summary[]): string {
  const lines = [HEAD, ...summaries.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const padded = lines.map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)));
  const [head = [], ...body] = padded;
  return [head, widths.map((width) => '-'.repeat(width)), ...body]
    .map((line) => line.join('  ').trimEnd())
    .join('\n');
}

function cells({ name, unit, rounds, measured, reference, ratio, target, reached }: Summary): string[] {
  return [
    name,
    String(rounds),
    `${spread(measured)} ${unit}`,
    reference === null ? '' : `${spread(reference)} ${unit}`,
    ratio === null ? '' : ratio.toFixed(2),
    target === null ? '' : words(target),
    reached === null ? '' : reached ? 'reached' : 'MISSED',
  ];
}

function spread({ min, median, max }: Spread): string {
  return [min, median, max].map((value) => value.toFixed(1)).join(' / ');
}

function words({ of, atMost, atLeast }: Target): string {
  const bounds = [atLeast === undefined ? '' : `≥ ${atLeast}`, atMost === undefined ? '' : `≤ ${atMost}`];
  return `${of} ${bounds.filter((bound) => bound !== '').join(', ')}`;
}
