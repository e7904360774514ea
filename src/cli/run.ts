import { Command, CommanderError } from 'commander';
import { loadDotEnv } from '../shared/config/index.js';
import type { CommandContext } from './command.js';
import { addAudit } from './commands/audit.js';
import { addCancel, addCheck } from './commands/check-and-cancel.js';
import { addList } from './commands/list.js';
import { addRecordOutcome, addResolve } from './commands/resolve-and-record-outcome.js';
import { addStart } from './commands/start.js';
import { addStatus } from './commands/status.js';
import { addValidate } from './commands/validate.js';
import { addWait } from './commands/wait.js';
import { EXIT_CODES, type ExitReason, describeExitCodes } from './exit-codes.js';
import { toFailure } from './failures.js';
import { createOutput } from './output/output.js';

const ENVIRONMENT = `Environment (and .env in this folder):
  TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY and others: the Temporal server
  SIGNING_TASK_QUEUE      the task queue of the workers (signing)
  SIGNING_DOCUMENT_ROOT   where validate finds file: documents (documents)
  SIGNING_DOCUMENT_HOSTS  the hosts from which validate fetches https: documents
  SIGNING_PAYLOAD_KEYS    the keys of the workers, if payloads are encrypted`;

/** All commands. Throws a `CommanderError` for wrong arguments instead of printing it. */
export function createProgram(context: CommandContext): Command {
  const program = new Command('signing')
    .description('Starts, follows and controls document signings with flexperto.')
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .helpCommand(false)
    .addHelpText('after', `\n${describeExitCodes()}\n\n${ENVIRONMENT}`);
  for (const add of [
    addValidate, addStart, addStatus, addWait, addList, addCheck, addResolve, addRecordOutcome, addCancel,
    addAudit,
  ]) add(program, context); // prettier-ignore
  return program;
}

/** Runs one command line and returns its exit code. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  const output = createOutput(argv.includes('--json'));
  let exitReason: ExitReason = 'done';
  const program = createProgram({
    output,
    action:
      (work) =>
      async (...args) => {
        exitReason = await work(...args);
      },
  });
  process.once('uncaughtException', (error) => {
    output.printFailure(toFailure(error));
    process.exit(EXIT_CODES.unexpected[0]);
  });
  try {
    loadDotEnv();
    await program.parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT_CODES.done[0];
    const failure = toFailure(error);
    output.printFailure(failure);
    exitReason = failure.exitReason;
  }
  return EXIT_CODES[exitReason][0];
}
