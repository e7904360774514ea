/** Things that people do at the same time, at most one for each session at a time. */
export interface Errands {
  /** Begins one, unless one for this session is still under way. Whatever fails is simply done again on the next occasion. */
  begin(requestId: string, errand: () => Promise<void>): void;
  /** What people were told in vain, by the name of the error. */
  readonly failed: ReadonlyMap<string, number>;
  /** Resolves when nothing is under way. */
  ended(): Promise<void>;
}

export function createErrands(): Errands {
  const underWay = new Map<string, Promise<void>>();
  const failed = new Map<string, number>();
  const carryOut = async (requestId: string, errand: () => Promise<void>): Promise<void> => {
    try {
      await errand();
    } catch (error) {
      const name = error instanceof Error ? error.name : String(error);
      failed.set(name, (failed.get(name) ?? 0) + 1);
    } finally {
      underWay.delete(requestId);
    }
  };
  return {
    failed,
    begin: (requestId, errand) => {
      if (!underWay.has(requestId)) underWay.set(requestId, carryOut(requestId, errand));
    },
    ended: async () => {
      await Promise.all(underWay.values());
    },
  };
}
