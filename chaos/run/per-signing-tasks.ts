/** Things that people do at the same time, at most one for each session at a time. */
export interface PerSigningTasks {
  /** Begins one, unless one for this session is still under way. Whatever fails is simply done again on the next occasion. */
  start(requestId: string, errand: () => Promise<void>): void;
  /** What people were told in vain, by the name of the error. */
  readonly failed: ReadonlyMap<string, number>;
  /** Resolves when nothing is under way. */
  whenIdle(): Promise<void>;
}

export function createPerSigningTasks(): PerSigningTasks {
  const running = new Map<string, Promise<void>>();
  const failed = new Map<string, number>();
  const runTask = async (requestId: string, errand: () => Promise<void>): Promise<void> => {
    try {
      await errand();
    } catch (error) {
      const name = error instanceof Error ? error.name : String(error);
      failed.set(name, (failed.get(name) ?? 0) + 1);
    } finally {
      running.delete(requestId);
    }
  };
  return {
    failed,
    start: (requestId, errand) => {
      if (!running.has(requestId)) running.set(requestId, runTask(requestId, errand));
    },
    whenIdle: async () => {
      await Promise.all(running.values());
    },
  };
}
