import { appendFileSync, readFileSync } from 'node:fs';

// Replaces the inspection program: it is killed from outside twice, as by a system without memory.
process.on('message', ({ path }: { path: string }) => {
  const times = readFileSync(path).length;
  appendFileSync(path, 'x');
  if (times < 2) process.kill(process.pid, 'SIGKILL');
  else process.send?.({ kind: 'verdict', verdict: { ok: false, problem: 'was inspected' } });
});
process.once('disconnect', () => process.exit(0));
