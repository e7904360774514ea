import { CommanderError } from 'commander';
import { loadDotEnv } from '../config.js';
import { ENDINGS, type Ending } from './endings.js';
import { failureOf } from './failures.js';
import { createOutput } from './output.js';
import { createProgram } from './program.js';

/** Runs one command line to its end and returns its exit code. */
export async function run(argv: readonly string[]): Promise<number> {
  const output = createOutput(argv.includes('--json'));
  let ending: Ending = 'done';
  const program = createProgram({
    output,
    action:
      (work) =>
      async (...args) => {
        ending = await work(...args);
      },
  });
  process.once('uncaughtException', (error) => {
    output.fail(failureOf(error));
    process.exit(ENDINGS.unexpected[0]);
  });
  try {
    loadDotEnv();
    await program.parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return ENDINGS.done[0];
    const failure = failureOf(error);
    output.fail(failure);
    ending = failure.ending;
  }
  return ENDINGS[ending][0];
}
