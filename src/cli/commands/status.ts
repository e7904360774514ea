import type { Command } from 'commander';
import type { StatusWithCallback } from '../../client/index.js';
import { type CommandContext, REQUEST_ID, addCommand, withSigningClient } from '../command.js';
import type { Output } from '../output/output.js';
import { formatStatusPage } from '../output/status-page.js';
import { waitForEnd } from './wait.js';

export function addStatus(program: Command, { output, action }: CommandContext): void {
  addCommand(program, 'status', 'show the whole status of a signing')
    .argument(...REQUEST_ID)
    .option('--watch', 'show it again after each change until the signing has ended')
    .action(
      action((requestId: string, { watch }: { readonly watch?: boolean }) =>
        withSigningClient(async (signings) => {
          if (watch === true) return waitForEnd(output, signings, requestId, createPageRenderer(output));
          const status = await signings.status(requestId);
          output.printResult(status, formatStatusPage(status, output));
          return 'done';
        }),
      ),
    );
}

/** Prints one page after another; in a terminal each replaces the previous one. */
function createPageRenderer(output: Output): (status: StatusWithCallback) => void {
  const clearScreen = output.isTerminal ? '\u001b[H\u001b[2J' : '';
  return (status) => {
    const [first = '', ...rest] = formatStatusPage(status, output);
    output.printProgress([clearScreen + first, ...rest, '']);
  };
}
