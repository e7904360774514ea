import type { Command } from 'commander';
import { addCommand, REQUEST_ID, type CommandContext, formatCommand, withSigningClient } from '../command.js';

export function addCheck(program: Command, { output, action }: CommandContext): void {
  addCommand(program, 'check', 'ask for a look at the documents at flexperto now')
    .argument(...REQUEST_ID)
    .action(
      action(async (requestId: string) => {
        await withSigningClient((signings) => signings.check(requestId));
        output.printResult({ requestId, checkRequested: true }, [
          `Asked for a look at the documents of ${requestId}. See what it shows: ${formatCommand('status', requestId)}`,
        ]);
        return 'done';
      }),
    );
}

export function addCancel(program: Command, { output, action }: CommandContext): void {
  addCommand(program, 'cancel', 'end a signing; what exists at flexperto stays there')
    .argument(...REQUEST_ID)
    .action(
      action(async (requestId: string) => {
        await withSigningClient((signings) => signings.cancel(requestId));
        output.printResult({ requestId, cancelRequested: true }, [
          `Asked for the end of ${requestId}; a call in flight is let end first. ` +
            `See what exists at flexperto: ${formatCommand('status', requestId)}`,
        ]);
        return 'done';
      }),
    );
}
