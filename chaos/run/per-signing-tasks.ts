/** Concurrent actions of people, at most one for each signing at a time. */
export interface PerSigningTasks {
  /** Starts a task unless one for this signing is still under way. A failed task is started again on the next occasion. */
  start(requestId: string, task: () => Promise<void>): void;
  /** How many tasks have failed, by the name of the error. */
  readonly failed: ReadonlyMap<string, number>;
  /** Resolves when no task is under way. */
  whenIdle(): Promise<void>;
}

export function createPerSigningTasks(): PerSigningTasks {
  const running = new Map<string, Promise<void>>();
  const failed = new Map<string, number>();
  const runTask = async (requestId: string, task: () => Promise<void>): Promise<void> => {
    try {
      await task();
    } catch (error) {
      const name = error instanceof Error ? error.name : String(error);
      failed.set(name, (failed.get(name) ?? 0) + 1);
    } finally {
      running.delete(requestId);
    }
  };
  return {
    failed,
    start: (requestId, task) => {
      if (!running.has(requestId)) running.set(requestId, runTask(requestId, task));
    },
    whenIdle: async () => {
      await Promise.all(running.values());
    },
  };
}
