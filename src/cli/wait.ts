import { Option, type Command } from 'commander';
import { addCommand, REQUEST_ID, type Context } from './command.js';
import { withSignings } from './connect.js';
import { createProgress } from './progress.js';
import { waitForEnd, type WaitOptions } from './wait-for-end.js';

export function addWait(program: Command, { output, action }: Context): void {
  const command = addCommand(program, 'wait', 'show what happens to a signing until it has ended').argument(
    ...REQUEST_ID,
  );
  addStopAtAttention(command).action(
    action((requestId: string, options: WaitOptions) =>
      withSignings((signings) => waitForEnd(output, signings, requestId, createProgress(output), options)),
    ),
  );
}

export function addStopAtAttention(command: Command): Command {
  const text = 'wait until a human must decide, and no longer (exit code 14)';
  return command.addOption(new Option('--stop-at-attention', text).implies({ wait: true }));
}
