import { writeFileSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';

// Writes the id of its process into the inspected file, and answers after a while.
parentPort?.on('message', ({ path }: { path: string }) => {
  writeFileSync(path, String(process.pid));
  const verdict = { ok: false, problem: 'was inspected' };
  setTimeout(() => {
    parentPort?.postMessage({ kind: 'verdict', verdict });
  }, 500);
});
