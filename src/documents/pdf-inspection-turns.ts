/** Lets so many through at a time. Those who wait get their turns fairly, however many of them one caller has sent. */
export interface Turns {
  /** Resolves when it is this caller's turn, who then owes a `give`. @throws the signal's reason if aborted before */
  take(caller: string, signal?: AbortSignal): Promise<void>;
  give(caller: string): void;
}

/** The callers in the order in which they are served, each with what waits for a turn, oldest first. */
type Waiting = Map<string, Set<() => void>>;

/**
 * Round-robin: a caller with many files waits behind one with a single file once each of its own turns is over. Whoever
 * has the fewest turns at the moment comes first.
 */
export function createTurns(atOnce: number): Turns {
  const taken = new Map<string, number>();
  const waiting: Waiting = new Map();
  let free = atOnce;
  const count = (caller: string, change: number): void => {
    const now = (taken.get(caller) ?? 0) + change;
    if (now === 0) taken.delete(caller);
    else taken.set(caller, now);
    free -= change;
  };
  const next = (): string | undefined => {
    const turnsOf = (caller: string): number => taken.get(caller) ?? 0;
    const fewest = Math.min(...[...waiting.keys()].map(turnsOf));
    return [...waiting.keys()].find((caller) => turnsOf(caller) === fewest);
  };
  return {
    take: async (caller, signal) => {
      signal?.throwIfAborted();
      if (free === 0) await turnIn(waiting, caller, signal);
      else count(caller, 1);
    },
    give: (caller) => {
      // While its turn still counts, so that others come before it.
      const served = next();
      count(caller, -1);
      if (served === undefined) return;
      count(served, 1);
      const queue = waiting.get(served) ?? new Set();
      const [enter] = queue;
      waiting.delete(served);
      if (enter !== undefined) queue.delete(enter);
      if (queue.size > 0) waiting.set(served, queue);
      enter?.();
    },
  };
}

function turnIn(waiting: Waiting, caller: string, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      const left = waiting.get(caller);
      left?.delete(enter);
      if (left?.size === 0) waiting.delete(caller);
      reject(signal?.reason as Error);
    };
    const enter = (): void => {
      signal?.removeEventListener('abort', leave);
      resolve();
    };
    const queue = waiting.get(caller) ?? new Set();
    waiting.set(caller, queue.add(enter));
    signal?.addEventListener('abort', leave, { once: true });
  });
}
