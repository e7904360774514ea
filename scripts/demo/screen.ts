import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

/** Who does something in the demo. */
export type Actor = 'Employee' | 'Customer' | 'Worker' | 'Network';

const COLOURS: Record<Actor, Format> = {
  Employee: 'magenta',
  Customer: 'yellow',
  Worker: 'cyan',
  Network: 'red',
};
const ACTOR_WIDTH = 10;

const isColoured = process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '';

/** The text in a colour or weight, on a terminal that shows them. */
export function styled(format: Format, text: string): string {
  return isColoured ? styleText(format, text) : text;
}

export function say(line = ''): void {
  console.log(line);
}

/** A narrator: every line says after how many seconds who does what. */
export function createNarrator(): (actor: Actor, deed: string) => void {
  const start = Date.now();
  return (actor, deed) => {
    const seconds = ((Date.now() - start) / 1000).toFixed(1).padStart(5);
    say(`${styled('dim', `${seconds} s`)}  ${styled(COLOURS[actor], actor.padEnd(ACTOR_WIDTH))}${deed}`);
  };
}

export function size(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`;
}
