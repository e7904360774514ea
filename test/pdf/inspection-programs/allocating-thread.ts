import { parentPort } from 'node:worker_threads';

// Takes ever more memory: outside of the engine's heap, which its limits do not bound, or inside.
parentPort?.on('message', ({ path }: { path: string }) => {
  const taken: unknown[] = [];
  for (;;)
    taken.push(path === 'buffers' ? Buffer.alloc(1024 * 1024, 1) : Array.from({ length: 1000 }, () => ({})));
});
