import type { Command } from 'commander';
import type { StatusWithCallback } from '../starter/index.js';
import { addCommand, REQUEST_ID, type Context } from './command.js';
import { withSignings } from './connect.js';
import type { Output } from './output.js';
import { statusPage } from './status-page.js';
import { waitForEnd } from './wait-for-end.js';

export function addStatus(program: Command, { output, action }: Context): void {
  addCommand(program, 'status', 'show all that is known of a signing')
    .argument(...REQUEST_ID)
    .option('--watch', 'show it anew whenever it changes, until the signing has ended')
    .action(
      action((requestId: string, { watch }: { readonly watch?: boolean }) =>
        withSignings(async (signings) => {
          if (watch === true) return waitForEnd(output, signings, requestId, createPages(output));
          const status = await signings.status(requestId);
          output.answer(status, statusPage(status, output));
          return 'done';
        }),
      ),
    );
}

/** Pages one after the other; in a terminal each takes the place of the one before. */
function createPages(output: Output): (status: StatusWithCallback) => void {
  const clean = output.terminal ? '\u001b[H\u001b[2J' : '';
  return (status) => {
    const [first = '', ...rest] = statusPage(status, output);
    output.tell([clean + first, ...rest, '']);
  };
}
