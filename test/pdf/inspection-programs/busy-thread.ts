import { writeFileSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';

// Writes the id of its process into the inspected file, and never answers.
parentPort?.on('message', ({ path }: { path: string }) => {
  writeFileSync(path, String(process.pid));
  for (;;) Math.random();
});
