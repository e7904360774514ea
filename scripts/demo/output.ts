import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

/** The subject of a line. */
export type Actor = 'Employee' | 'Customer' | 'Worker' | 'Network';

const COLORS: Record<Actor, Format> = {
  Employee: 'magenta',
  Customer: 'yellow',
  Worker: 'cyan',
  Network: 'red',
};
const ACTOR_WIDTH = 10;

const supportsColor = process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '';

/** Formats the text if the terminal supports colors. */
export function style(format: Format, text: string): string {
  return supportsColor ? styleText(format, text) : text;
}

export function printLine(line = ''): void {
  console.log(line);
}

/** Prints one action a line, with the seconds since the start and the actor. */
export function createStepPrinter(): (actor: Actor, action: string) => void {
  const start = Date.now();
  return (actor, action) => {
    const seconds = ((Date.now() - start) / 1000).toFixed(1).padStart(5);
    printLine(`${style('dim', `${seconds} s`)}  ${style(COLORS[actor], actor.padEnd(ACTOR_WIDTH))}${action}`);
  };
}

export function formatSize(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`;
}
