import { getErrorMessage } from '../../src/shared/errors.js';

/** Lets a program clean up everything that it starts. */
export interface ProcessLifecycle {
  /** Registers a cleanup that runs at every end of the program; the newest runs first. */
  addCleanup(stop: () => Promise<void> | void): void;
  /** Waits for the work; rejects if the program is interrupted first. */
  orInterrupted<Result>(work: Promise<Result>): Promise<Result>;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

class InterruptedError extends Error {
  override readonly name = 'Interrupted';
}

/**
 * Runs a program, then its cleanups, and exits: with 0; with 1 and one sentence on stderr if it failed; with
 * `whenInterrupted` after SIGINT, SIGTERM or SIGHUP. A second signal exits without waiting for the cleanups.
 */
export async function runWithCleanup(
  work: (lifecycle: ProcessLifecycle) => Promise<void>,
  { whenInterrupted: interruptExitCode }: { readonly whenInterrupted: number },
): Promise<never> {
  const cleanups: (() => Promise<void> | void)[] = [];
  const interrupted = waitForInterrupt();
  const lifecycle: ProcessLifecycle = {
    addCleanup: (stop) => cleanups.push(stop),
    orInterrupted: (waited) => Promise.race([waited, interrupted]),
  };
  const code = await lifecycle.orInterrupted(work(lifecycle)).then(
    () => 0,
    (error: unknown) => {
      if (error instanceof InterruptedError) return interruptExitCode;
      console.error(getErrorMessage(error));
      return 1;
    },
  );
  for (const stop of cleanups.reverse()) await runCleanup(stop);
  process.exit(code);
}

function waitForInterrupt(): Promise<never> {
  const interrupted = new Promise<never>((_, reject) => {
    let isRepeated = false;
    const end = (): void => {
      if (isRepeated) process.exit(1);
      isRepeated = true;
      reject(new InterruptedError());
    };
    for (const signal of SIGNALS) process.on(signal, end);
  });
  interrupted.catch(() => undefined);
  return interrupted;
}

/** A failed cleanup must not prevent the others. */
async function runCleanup(stop: () => Promise<void> | void): Promise<void> {
  try {
    await stop();
  } catch (error) {
    console.error(`A cleanup failed: ${getErrorMessage(error)}`);
  }
}
