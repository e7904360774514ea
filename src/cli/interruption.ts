import { commandLine } from './command-line.js';
import { InterruptedError } from './failures.js';

/** Ends a wait, and the wait alone, when the person or the system asks this program to end. */
export interface Interruption {
  /** Its reason is an `InterruptedError` that says how to look at the signing again. */
  readonly signal: AbortSignal;
  stop(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function interruptible(requestId: string): Interruption {
  const controller = new AbortController();
  const end = (): void => {
    const commands = ['wait', 'status'].map((command) => `"${commandLine(command, requestId)}"`).join(' or ');
    controller.abort(
      new InterruptedError(`The wait was ended, but the signing goes on. To see it again: ${commands}.`),
    );
  };
  for (const name of SIGNALS) process.once(name, end);
  return {
    signal: controller.signal,
    stop: () => {
      for (const name of SIGNALS) process.off(name, end);
    },
  };
}
