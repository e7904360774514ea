import type { Command } from 'commander';
import type { StartedSigning } from '../starter/index.js';
import { addCommand, type Context } from './command.js';
import { commandLine } from './command-line.js';
import { withSignings } from './connect.js';
import { createProgress } from './progress.js';
import { readRequestFile } from './request-file.js';
import { addStopAtAttention } from './wait.js';
import { waitForEnd, type WaitOptions } from './wait-for-end.js';

interface StartOptions extends WaitOptions {
  readonly wait?: boolean;
}

export function addStart(program: Command, { output, action }: Context): void {
  const command = addCommand(
    program,
    'start',
    'start a signing, once: the same request again starts nothing new',
  )
    .argument('<request>', 'a JSON file, or - for stdin')
    .option('--wait', 'show what happens until the signing has ended');
  addStopAtAttention(command).action(
    action(async (path: string, options: StartOptions) => {
      const request = await readRequestFile(path);
      return withSignings(async (signings) => {
        const started = await signings.start(request);
        if (options.wait !== true) {
          output.answer(started, [
            ...startedLines(started),
            `Look at it with: ${commandLine('status', started.requestId)}`,
          ]);
          return 'done';
        }
        output.tell(startedLines(started));
        return waitForEnd(output, signings, started.requestId, createProgress(output), options);
      });
    }),
  );
}

function startedLines({ requestId, created }: StartedSigning): string[] {
  return created
    ? [`Started the signing ${requestId}.`]
    : [`The signing ${requestId} was started before; nothing new was started.`];
}
