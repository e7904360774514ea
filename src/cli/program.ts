import { Command } from 'commander';
import { addAudit } from './audit.js';
import type { Context } from './command.js';
import { addRecordOutcome, addResolve } from './decisions.js';
import { describeExitCodes } from './endings.js';
import { addCancel, addCheck } from './hints.js';
import { addList } from './list.js';
import { addStart } from './start.js';
import { addStatus } from './status.js';
import { addValidate } from './validate.js';
import { addWait } from './wait.js';

const ENVIRONMENT = `Environment (and .env in this folder):
  TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY and the like: where Temporal is
  SIGNING_TASK_QUEUE      the task queue of the workers (signing)
  SIGNING_DOCUMENT_ROOT   where validate finds file: documents (documents)
  SIGNING_DOCUMENT_HOSTS  the hosts from which validate fetches https: documents
  SIGNING_PAYLOAD_KEYS    the keys of the workers, where payloads are encrypted`;

/** All commands. What is wrong with the arguments is thrown as a `CommanderError`, and said by nobody else. */
export function createProgram(context: Context): Command {
  const program = new Command('signing')
    .description('Starts document signings with flexperto, and follows and steers them.')
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
