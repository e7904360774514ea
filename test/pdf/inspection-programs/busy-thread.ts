import { writeFileSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';

// Leaves the id of its process in the file it is to inspect, and never answers.
parentPort?.on('message', ({ path }: { path: string }) => {
  writeFileSync(path, String(process.pid));
  for (;;) Math.random();
});
