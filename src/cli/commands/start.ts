import type { Command } from 'commander';
import type { StartedSigning } from '../../client/index.js';
import { type CommandContext, addCommand, formatCommand, withSigningClient } from '../command.js';
import { createProgressPrinter } from '../output/progress.js';
import { readRequestFile } from '../request-file.js';
import { type WaitOptions, addStopAtAttention, waitForEnd } from './wait.js';

interface StartOptions extends WaitOptions {
  readonly wait?: boolean;
}

export function addStart(program: Command, { output, action }: CommandContext): void {
  const command = addCommand(
    program,
    'start',
    'start a signing, once: the same request again starts nothing new',
  )
    .argument('<request>', 'a JSON file, or - for stdin')
    .option('--wait', 'show the progress until the signing has ended');
  addStopAtAttention(command).action(
    action(async (path: string, options: StartOptions) => {
      const request = await readRequestFile(path);
      return withSigningClient(async (signings) => {
        const started = await signings.start(request);
        if (options.wait !== true) {
          output.printResult(started, [
            ...formatStarted(started),
            `See its status: ${formatCommand('status', started.requestId)}`,
          ]);
          return 'done';
        }
        output.printProgress(formatStarted(started));
        return waitForEnd(output, signings, started.requestId, createProgressPrinter(output), options);
      });
    }),
  );
}

function formatStarted({ requestId, created }: StartedSigning): string[] {
  return created
    ? [`Started the signing ${requestId}.`]
    : [`The signing ${requestId} was started before; nothing new was started.`];
}
