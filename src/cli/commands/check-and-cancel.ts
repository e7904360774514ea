import type { Command } from 'commander';
import { type CommandContext, REQUEST_ID, addCommand, formatCommand, withSigningClient } from '../command.js';

export function addCheck(program: Command, { output, action }: CommandContext): void {
  addCommand(program, 'check', 'poll flexperto for the documents now')
    .argument(...REQUEST_ID)
    .action(
      action(async (requestId: string) => {
        await withSigningClient((signings) => signings.check(requestId));
        output.printResult({ requestId, checkRequested: true }, [
          `Requested a poll of the documents of ${requestId}. See the result: ${formatCommand('status', requestId)}`,
        ]);
        return 'done';
      }),
    );
}

export function addCancel(program: Command, { output, action }: CommandContext): void {
  addCommand(program, 'cancel', 'cancel a signing; what exists at flexperto stays there')
    .argument(...REQUEST_ID)
    .action(
      action(async (requestId: string) => {
        await withSigningClient((signings) => signings.cancel(requestId));
        output.printResult({ requestId, cancelRequested: true }, [
          `Requested the cancellation of ${requestId}; a call in flight ends first. ` +
            `See what exists at flexperto: ${formatCommand('status', requestId)}`,
        ]);
        return 'done';
      }),
    );
}
