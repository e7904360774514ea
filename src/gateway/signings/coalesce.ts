/** Sends what was asked for, at most once in a while for each key. Every caller gets the fate of the sending that serves it. */
export type Coalesce = (key: string, send: () => Promise<void>) => Promise<void>;

interface Pause {
  readonly timer: NodeJS.Timeout;
  readonly over: Promise<void>;
  /** What all who ask during the pause wait for. */
  next: Promise<void> | undefined;
}

/**
 * The first call sends at once. Calls within `pauseMs` after it share one sending at the end of that pause, since what they
 * ask about may have changed since the first.
 */
export function createCoalesce(pauseMs: number): Coalesce {
  const pauses = new Map<string, Pause>();

  const begin = (key: string, send: () => Promise<void>): Promise<void> => {
    let end = (): void => undefined;
    const over = new Promise<void>((resolve) => (end = resolve));
    const timer = setTimeout(() => {
      pauses.delete(key);
      end();
    }, pauseMs);
    // A process that waits for nothing else may end.
    timer.unref();
    pauses.set(key, { timer, over, next: undefined });
    return send();
  };

  return (key, send) => {
    const pause = pauses.get(key);
    if (pause === undefined) return begin(key, send);
    pause.timer.ref();
    return (pause.next ??= pause.over.then(() => begin(key, send)));
  };
}
