/** What a program that starts servers is given, so that it leaves none behind. */
export interface ProcessLifecycle {
  /** Notes what is to be stopped at the end, whatever end that is; the newest first. */
  addCleanup(stop: () => Promise<void> | void): void;
  /** Waits for something, unless the program is interrupted first. */
  orInterrupted<Result>(work: Promise<Result>): Promise<Result>;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

class InterruptedError extends Error {
  override readonly name = 'Interrupted';
}

/**
 * Runs a program to its end, stops what it has started, and ends the process: with 0, with 1 and one sentence on stderr
 * when it failed, or with `whenInterrupted` after Ctrl-C and its like. A second Ctrl-C does not wait for the stopping.
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
      console.error(error instanceof Error ? error.message : String(error));
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

/** One thing that cannot be stopped must not keep the others from being. */
async function runCleanup(stop: () => Promise<void> | void): Promise<void> {
  try {
    await stop();
  } catch (error) {
    console.error(
      `Something could not be stopped: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
