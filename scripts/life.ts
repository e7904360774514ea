/** What a program that starts servers is given, so that it leaves none behind. */
export interface Life {
  /** Notes what is to be stopped at the end, whatever end that is; the newest first. */
  stopAtEnd(stop: () => Promise<void> | void): void;
  /** Waits for something, unless the program is interrupted first. */
  unlessInterrupted<Result>(work: Promise<Result>): Promise<Result>;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/**
 * Runs a program to its end, stops what it has started, and ends the process: with 0, with 1 and one sentence on stderr
 * when it failed, or with `whenInterrupted` after Ctrl-C and its like. A second Ctrl-C does not wait for the stopping.
 */
export async function live(
  work: (life: Life) => Promise<void>,
  { whenInterrupted }: { readonly whenInterrupted: number },
): Promise<never> {
  const stops: (() => Promise<void> | void)[] = [];
  const interrupted = interruption();
  const life: Life = {
    stopAtEnd: (stop) => stops.push(stop),
    unlessInterrupted: (waited) => Promise.race([waited, interrupted]),
  };
  const code = await life.unlessInterrupted(work(life)).then(
    () => 0,
    (error: unknown) => {
      if (error instanceof Interrupted) return whenInterrupted;
      console.error(error instanceof Error ? error.message : String(error));
      return 1;
    },
  );
  for (const stop of stops.reverse()) await stopOne(stop);
  process.exit(code);
}

function interruption(): Promise<never> {
  const interrupted = new Promise<never>((_, reject) => {
    let before = false;
    const end = (): void => {
      if (before) process.exit(1);
      before = true;
      reject(new Interrupted());
    };
    for (const signal of SIGNALS) process.on(signal, end);
  });
  interrupted.catch(() => undefined);
  return interrupted;
}

/** One thing that cannot be stopped must not keep the others from being. */
async function stopOne(stop: () => Promise<void> | void): Promise<void> {
  try {
    await stop();
  } catch (error) {
    console.error(
      `Something could not be stopped: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
