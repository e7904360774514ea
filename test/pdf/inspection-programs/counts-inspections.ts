import { appendFileSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

// Replaces the inspection program: reads a file, and records each inspection beside it.
let file = '';
process.on('message', (job: { kind: string; path: string }) => {
  if (job.kind === 'read') {
    file = job.path;
    process.send?.({ kind: 'content', sha256: `sha256 of ${readFileSync(file, 'utf8')}` });
    return;
  }
  appendFileSync(join(dirname(file), 'count'), 'x');
  process.send?.({ kind: 'verdict', verdict: { ok: false, problem: `holds ${readFileSync(file, 'utf8')}` } });
});
process.once('disconnect', () => process.exit(0));
