import type { Command } from 'commander';
import { addCommand, REQUEST_ID, type Context } from './command.js';
import { commandLine } from './command-line.js';
import { withSignings } from './connect.js';

export function addCheck(program: Command, { output, action }: Context): void {
  addCommand(program, 'check', 'ask for a look at the documents at flexperto now')
    .argument(...REQUEST_ID)
    .action(
      action(async (requestId: string) => {
        await withSignings((signings) => signings.check(requestId));
        output.answer({ requestId, checkRequested: true }, [
          `Asked for a look at the documents of ${requestId}. See what it shows: ${commandLine('status', requestId)}`,
        ]);
        return 'done';
      }),
    );
}

export function addCancel(program: Command, { output, action }: Context): void {
  addCommand(program, 'cancel', 'end a signing; what exists at flexperto stays there')
    .argument(...REQUEST_ID)
    .action(
      action(async (requestId: string) => {
        await withSignings((signings) => signings.cancel(requestId));
        output.answer({ requestId, cancelRequested: true }, [
          `Asked for the end of ${requestId}; a call in flight is let end first. ` +
            `See what exists at flexperto: ${commandLine('status', requestId)}`,
        ]);
        return 'done';
      }),
    );
}
