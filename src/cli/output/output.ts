import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import type { Failure } from '../failures.js';

/**
 * Where a command writes. The result goes to stdout: lines for people, or with `--json` exactly one JSON document, also for an
 * error. Progress goes to stdout for people, and to stderr with `--json`. Warnings go to stderr, and so do errors for people.
 */
export interface Output {
  readonly json: boolean;
  /** Whether progress goes to a terminal. */
  readonly isTerminal: boolean;
  /** Prints the one result of a command. */
  printResult(document: unknown, lines: readonly string[]): void;
  /** Prints progress, in one or more lines. */
  printProgress(lines: readonly string[]): void;
  warn(line: string): void;
  printFailure(failure: Failure): void;
  /** The line at the bottom of a terminal that shows the current state; without a terminal it draws nothing. */
  readonly spinner: Spinner;
  readonly color: (style: Style, text: string) => string;
}

export type Style = 'bold' | 'green' | 'yellow' | 'red';

export function createOutput(json: boolean): Output {
  const progressStream = json ? process.stderr : process.stdout;
  const isColored = progressStream.isTTY && (process.env['NO_COLOR'] ?? '') === '';
  const spinner = createSpinner(progressStream);
  const write = (stream: NodeJS.WritableStream, lines: readonly string[]): void => {
    spinner.pause();
    stream.write(lines.map((line) => `${line}\n`).join(''));
  };
  return {
    json,
    isTerminal: progressStream.isTTY,
    printResult: (document, lines) => {
      write(process.stdout, json ? [JSON.stringify(document, undefined, 2)] : lines);
    },
    printProgress: (lines) => {
      write(progressStream, lines);
    },
    warn: (line) => {
      write(process.stderr, [line]);
    },
    printFailure: ({ type, message, problems }) => {
      if (json) write(process.stdout, [JSON.stringify({ error: { type, message, problems } }, undefined, 2)]);
      else write(process.stderr, formatFailure(message, problems));
    },
    spinner,
    color: (style, text) => (isColored ? styleText(style, text) : text),
  };
}

/** Prints several problems one per line. */
function formatFailure(message: string, problems: Failure['problems'] = []): string[] {
  if (problems.length < 2) return [stripControlCharacters(message)];
  const lines = problems.map(({ field, message: what }) => stripControlCharacters(`  ${field} ${what}`));
  return [`The request has ${problems.length} problems; nothing was sent:`, ...lines];
}

/** Text from flexperto, a file or a server must not control the terminal. */
export function stripControlCharacters(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}

/** One line at the bottom of a terminal with the elapsed time, redrawn every second. */
interface Spinner {
  /** Shows this text until `clear`. */
  show(text: string): void;
  /** Erases the line for other output; the next redraw shows it below that output. */
  pause(): void;
  /** Removes the line. */
  clear(): void;
}

const REDRAW_INTERVAL_MS = 1000;
const ERASE_LINE = '\r\u001b[K';

/** Draws nothing if the stream is not a terminal. */
export function createSpinner(stream: Pick<WriteStream, 'isTTY' | 'columns' | 'write'>): Spinner {
  let timer: NodeJS.Timeout | undefined;
  const erase = (): void => {
    if (timer !== undefined) stream.write(ERASE_LINE);
  };
  const clear = (): void => {
    erase();
    clearInterval(timer);
    timer = undefined;
  };
  return {
    show: (text) => {
      clear();
      if (!stream.isTTY) return;
      const since = Date.now();
      const draw = (): void => {
        // A wrapped line could not be erased.
        const line = `  … ${text}, for ${formatDuration(Date.now() - since)}`.slice(0, stream.columns - 1);
        stream.write(`${ERASE_LINE}${line}`);
      };
      draw();
      timer = setInterval(draw, REDRAW_INTERVAL_MS);
    },
    pause: erase,
    clear,
  };
}

/** For example 8 s, 3 min 20 s, 5 h 2 min, 3 d 4 h. */
function formatDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (hours >= 24) return `${Math.floor(hours / 24)} d ${hours % 24} h`;
  if (hours > 0) return `${hours} h ${minutes % 60} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

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
