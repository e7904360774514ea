import type { Socket } from 'node:net';

/** Tells when the system has taken over what was written to a socket, so that its memory may be used again. */
export interface Flushing {
  /** From now on the writes to this socket are observed. */
  observe(socket: Socket): void;
  /** Passes chunks on, and asks for the next only when the last has left the process, or `ended` resolves. */
  oneByOne(chunks: AsyncIterable<Uint8Array>, ended: Promise<void>): AsyncIterable<Uint8Array>;
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
    oneByOne: async function* (chunks, ended) {
      for await (const chunk of chunks) {
        // An empty chunk is not written.
        if (chunk.length === 0) continue;
        const flushed = new Promise<void>((resolve) => waiting.set(chunk, resolve));
        yield chunk;
        await Promise.race([flushed, ended]);
      }
    },
  };
}
