/** Sends what was asked for, at most once in a while for each key. Every caller gets the fate of the sending that serves it. */
export type Coalescer = (key: string, send: () => Promise<void>) => Promise<void>;

interface Pause {
  readonly timer: NodeJS.Timeout;
  readonly ended: Promise<void>;
  /** What all who ask during the pause wait for. */
  next: Promise<void> | undefined;
}

/**
 * The first call sends at once. Calls within `pauseMs` after it share one sending at the end of that pause, since what they
 * ask about may have changed since the first.
 */
export function createCoalescer(pauseMs: number): Coalescer {
  const pauses = new Map<string, Pause>();

  const startPause = (key: string, send: () => Promise<void>): Promise<void> => {
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const timer = setTimeout(() => {
      pauses.delete(key);
      end();
    }, pauseMs);
    // A process that waits for nothing else may end.
    timer.unref();
    pauses.set(key, { timer, ended, next: undefined });
    return send();
  };

  return (key, send) => {
    const pause = pauses.get(key);
    if (pause === undefined) return startPause(key, send);
    pause.timer.ref();
    return (pause.next ??= pause.ended.then(() => startPause(key, send)));
  };
}
