import { writeFileSync } from 'node:fs';

// Stands in for the inspection program: leaves its process id in the file it is to inspect, and never answers.
process.once('message', (job: { path: string }) => {
  writeFileSync(job.path, String(process.pid));
  for (;;) Math.random();
});
