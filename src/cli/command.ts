import type { Command } from 'commander';
import type { Ending } from './endings.js';
import type { Output } from './output.js';

/** What a command needs of the program around it. */
export interface Context {
  readonly output: Output;
  /** Makes an action of commander from work that says how it has ended. */
  readonly action: <Args extends unknown[]>(
    work: (...args: Args) => Promise<Ending>,
  ) => (...args: Args) => Promise<void>;
}

/** A new command; every one can answer in JSON. */
export function addCommand(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option('--json', 'answer with one JSON document on stdout, an error included');
}

export const REQUEST_ID = ['<requestId>', 'the requestId of the signing'] as const;
