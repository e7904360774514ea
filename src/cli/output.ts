import { styleText } from 'node:util';
import type { Failure } from './failures.js';
import { createLiveLine, type LiveLine } from './live-line.js';

/**
 * Where a command's words go. The answer goes to stdout: lines for people, or with `--json` exactly one JSON document,
 * an error included. What is told on the way goes to stdout for people and to stderr beside JSON. Warnings and, for
 * people, errors go to stderr.
 */
export interface Output {
  readonly json: boolean;
  /** Whether what is told on the way is seen in a terminal. */
  readonly terminal: boolean;
  /** The one answer of a command. */
  answer(document: unknown, lines: readonly string[]): void;
  /** Progress, one or several lines. */
  tell(lines: readonly string[]): void;
  warn(line: string): void;
  fail(failure: Failure): void;
  /** The line at the bottom of a terminal that shows what is going on now; nothing where there is no terminal. */
  readonly live: LiveLine;
  readonly paint: (style: Style, text: string) => string;
}

export type Style = 'bold' | 'green' | 'yellow' | 'red';

export function createOutput(json: boolean): Output {
  const people = json ? process.stderr : process.stdout;
  const coloured = people.isTTY && (process.env['NO_COLOR'] ?? '') === '';
  const live = createLiveLine(people);
  const write = (stream: NodeJS.WritableStream, lines: readonly string[]): void => {
    live.yield();
    stream.write(lines.map((line) => `${line}\n`).join(''));
  };
  return {
    json,
    terminal: people.isTTY,
    answer: (document, lines) => {
      write(process.stdout, json ? [JSON.stringify(document, undefined, 2)] : lines);
    },
    tell: (lines) => {
      write(people, lines);
    },
    warn: (line) => {
      write(process.stderr, [line]);
    },
    fail: ({ type, message, problems }) => {
      if (json) write(process.stdout, [JSON.stringify({ error: { type, message, problems } }, undefined, 2)]);
      else write(process.stderr, describe(message, problems));
    },
    live,
    paint: (style, text) => (coloured ? styleText(style, text) : text),
  };
}

/** Several problems read better one to a line. */
function describe(message: string, problems: Failure['problems'] = []): string[] {
  if (problems.length < 2) return [visible(message)];
  const lines = problems.map(({ field, message: what }) => visible(`  ${field} ${what}`));
  return [`The request has ${problems.length} problems; nothing was sent:`, ...lines];
}

/** Text from elsewhere (flexperto, a file, a server) must not steer the terminal. */
export function visible(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}
