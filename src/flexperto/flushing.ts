import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';

/** Tells when the system has taken over what was written to a socket, so that its memory may be used again. */
export interface Flushing {
  /** From now on the writes to this socket are observed. */
  observe(socket: Socket): void;
  /**
   * Passes chunks on. When it asks for the next, all but the last have left the process, or `ended` has resolved: while
   * one chunk is on its way, the next can be made ready.
   */
  paced(chunks: AsyncIterable<Uint8Array>, ended: Promise<void>): AsyncIterable<Uint8Array>;
}

/**
 * Neither a stream nor undici says when a chunk is no longer needed: both may ask for the next before. A source that uses
 * its memory again would then change what is still to be sent. The callback of a socket's write says it.
 */
export function createFlushing(): Flushing {
  const waiting = new WeakMap<object, () => void>();
  return {
    observe: (socket) => {
      const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
      socket.write = (chunk: object | string, ...more: unknown[]) =>
        typeof chunk === 'string' ? write(chunk, ...more) : write(chunk, () => waiting.get(chunk)?.());
    },
    async *paced(chunks, ended) {
      let before = Promise.resolve();
      for await (const chunk of chunks) {
        // An empty chunk is not written.
        if (chunk.length === 0) continue;
        // A view of its own, since a source may give the same chunk twice in a row.
        const view = chunk.subarray();
        const flushed = new Promise<void>((resolve) => waiting.set(view, resolve));
        // What has arrived is read first: to a host that has answered early and closed a write would fail, and the answer be lost.
        await setImmediate();
        yield view;
        await Promise.race([before, ended]);
        before = flushed;
      }
    },
  };
}
