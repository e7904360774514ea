import { stripControlCharacters } from './output.js';

/** Rows with a heading, in columns of minimal width. */
export function formatTable(heading: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cells = [heading, ...rows].map((row) => row.map(stripControlCharacters));
  const widths = heading.map((_, column) =>
    Math.max(...cells.map((row) => countCharacters(row[column] ?? ''))),
  );
  return cells.map((row) =>
    row
      .map((cell, column) => padCell(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function padCell(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - countCharacters(cell)));
}

/** Counts grapheme clusters. */
function countCharacters(text: string): number {
  return [...new Intl.Segmenter().segment(text)].length;
}

/** A number of bytes in KB or MB. */
export function formatSize(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** An ISO 8601 time in UTC, to the minute. */
export function formatMinute(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}
