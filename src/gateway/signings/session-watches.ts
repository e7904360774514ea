import type { SigningStatus } from '../../domain/status.js';
import { follow, type SigningClient } from '../../starter/index.js';

/** Who listens to a session. */
export interface SessionListener {
  /** Something has changed, or is new to this listener. */
  changed(status: SigningStatus): void;
  /** The session ended without an outcome, or cannot be followed any more; nothing else comes. */
  failed(error: unknown): void;
}

/** Sessions that somebody listens to: each is looked at once for all of its listeners. */
export interface SessionWatches {
  /** Listens until the returned function is called, a final state has come, or the session cannot be followed. */
  listen(requestId: string, listener: SessionListener): () => void;
}

interface Watch {
  readonly listeners: Set<SessionListener>;
  readonly abort: AbortController;
  last: SigningStatus | undefined;
}

export function createSessionWatches(signings: SigningClient): SessionWatches {
  const watches = new Map<string, Watch>();

  const run = async (requestId: string, watch: Watch): Promise<void> => {
    try {
      for await (const sight of follow(signings, requestId, watch.abort.signal)) {
        // A server or worker that does not answer at the moment is waited for.
        if (!('status' in sight)) continue;
        watch.last = sight.status;
        for (const listener of watch.listeners) listener.changed(sight.status);
      }
    } catch (error) {
      for (const listener of watch.listeners) listener.failed(error);
    }
    if (watches.get(requestId) === watch) watches.delete(requestId);
  };

  const begin = (requestId: string): Watch => {
    const watch = { listeners: new Set<SessionListener>(), abort: new AbortController(), last: undefined };
    watches.set(requestId, watch);
    void run(requestId, watch);
    return watch;
  };

  return {
    listen: (requestId, listener) => {
      const watch = watches.get(requestId) ?? begin(requestId);
      watch.listeners.add(listener);
      if (watch.last !== undefined) listener.changed(watch.last);
      return () => {
        watch.listeners.delete(listener);
        if (watch.listeners.size > 0) return;
        watch.abort.abort();
        if (watches.get(requestId) === watch) watches.delete(requestId);
      };
    },
  };
}
