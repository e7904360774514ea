import { type Command, Option } from 'commander';
import {
  NoWorkerError,
  type Observation,
  type StatusWithCallback,
  watchSigning,
} from '../../client/index.js';
import {
  type CommandContext,
  type ConnectedSigningClient,
  REQUEST_ID,
  addCommand,
  formatCommand,
  withSigningClient,
} from '../command.js';
import { type ExitReason, toExitReason } from '../exit-codes.js';
import { InterruptedError } from '../failures.js';
import type { Output } from '../output/output.js';
import { createProgressPrinter } from '../output/progress.js';

export function addWait(program: Command, { output, action }: CommandContext): void {
  const command = addCommand(program, 'wait', 'show the progress of a signing until it has ended').argument(
    ...REQUEST_ID,
  );
  addStopAtAttention(command).action(
    action((requestId: string, options: WaitOptions) =>
      withSigningClient((signings) =>
        waitForEnd(output, signings, requestId, createProgressPrinter(output), options),
      ),
    ),
  );
}

export function addStopAtAttention(command: Command): Command {
  const text = 'stop waiting when a person must decide (exit code 14)';
  return command.addOption(new Option('--stop-at-attention', text).implies({ wait: true }));
}

export interface WaitOptions {
  readonly stopAtAttention?: boolean;
}

/**
 * Shows every change until the signing has ended, or with `stopAtAttention` until a person must decide. The result for programs
 * is the last status. @throws InterruptedError after a signal to end, and what `status` throws
 */
export async function waitForEnd(
  output: Output,
  signings: ConnectedSigningClient,
  requestId: string,
  show: (status: StatusWithCallback) => void,
  { stopAtAttention = false }: WaitOptions = {},
): Promise<ExitReason> {
  const interrupt = abortOnSignal(requestId);
  const outageNotice = createOutageNotice(output, signings.taskQueue);
  let last: StatusWithCallback | undefined;
  try {
    for await (const observation of watchSigning(signings, requestId, interrupt.signal)) {
      outageNotice.observe(observation);
      if ('outage' in observation) continue;
      last = observation.status;
      show(last);
      if (stopAtAttention && last.state === 'needs-attention') break;
    }
  } finally {
    outageNotice.stop();
    interrupt.stop();
    output.spinner.clear();
  }
  output.printResult(last, []);
  return last === undefined ? 'done' : toExitReason(last.state);
}

/** How long to wait for the first answer of a worker before a notice. */
const NO_WORKER_NOTICE_MS = 5_000;

/** Warns once when an outage begins, and once when it ends. */
interface OutageNotice {
  observe(observation: Observation): void;
  stop(): void;
}

function createOutageNotice(output: Output, taskQueue: string): OutageNotice {
  let lastNotice: 'none' | 'outage' = 'none';
  const notify = (line: string): void => {
    lastNotice = 'outage';
    output.warn(line);
  };
  const noWorkerTimer = setTimeout(() => {
    notify(
      `No worker has answered yet: is one running on the task queue ${taskQueue}? ` +
        'The Temporal server keeps the signing, and a worker continues it as soon as one is running.',
    );
  }, NO_WORKER_NOTICE_MS);
  return {
    observe: (observation) => {
      clearTimeout(noWorkerTimer);
      if ('status' in observation) {
        if (lastNotice === 'outage') output.warn('Connection restored.');
        lastNotice = 'none';
      } else if (lastNotice === 'none') {
        const who =
          observation.outage instanceof NoWorkerError
            ? `worker on the task queue ${taskQueue}`
            : 'Temporal server';
        notify(`No ${who} answers at the moment; still trying. The signing itself is safe.`);
      }
    },
    stop: () => {
      clearTimeout(noWorkerTimer);
    },
  };
}

/** Ends the wait, but not the signing, when this program gets a signal to end. */
interface AbortOnSignal {
  /** Its reason is an `InterruptedError` that says how to follow the signing again. */
  readonly signal: AbortSignal;
  stop(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function abortOnSignal(requestId: string): AbortOnSignal {
  const controller = new AbortController();
  const abort = (): void => {
    const commands = ['wait', 'status']
      .map((command) => `"${formatCommand(command, requestId)}"`)
      .join(' or ');
    controller.abort(
      new InterruptedError(
        `The wait was interrupted, but the signing continues. To see it again: ${commands}.`,
      ),
    );
  };
  for (const name of SIGNALS) process.once(name, abort);
  return {
    signal: controller.signal,
    stop: () => {
      for (const name of SIGNALS) process.off(name, abort);
    },
  };
}
