/**
 * `npm run dev`: a Temporal server with its UI, the fake flexperto and the worker until Ctrl-C, on their usual ports where
 * those are free. `npm run signing` in another terminal works with it without any variable set.
 */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DEV_FOLDER, findDevServers, markDevServers } from './dev-mark.js';
import { live, type Life } from './life.js';
import { startStack, type Stack } from './stack.js';
import { portOrFree } from './ports.js';

const DATABASE = path.join(DEV_FOLDER, 'temporal.db');
const WORKER_LOG = path.join(DEV_FOLDER, 'worker.log');

async function dev(life: Life): Promise<void> {
  const other = findDevServers();
  if (other !== undefined)
    throw new Error(`npm run dev is running here already, as process ${other.pid}: stop that one first.`);
  mkdirSync(DEV_FOLDER, { recursive: true });
  forgetEarlierSessions();
  console.log('Starting a Temporal server, a stand-in for flexperto and the worker, some 5 seconds …');
  const stack = await startStack({
    temporal: { port: await portOrFree(7233), uiPort: await portOrFree(8233), dbFile: DATABASE },
    fake: { port: await portOrFree(4010), uploadPort: await portOrFree(4011) },
    pollSeconds: 2,
    workerLog: WORKER_LOG,
  });
  life.stopAtEnd(() => stack.stop());
  life.stopAtEnd(markDevServers(stack.variables));
  console.log(directions(stack));
  await stack.broken;
}

/** The fake starts without a memory: sessions of an earlier time would find others under their numbers. */
function forgetEarlierSessions(): void {
  for (const suffix of ['', '-shm', '-wal']) rmSync(`${DATABASE}${suffix}`, { force: true });
}

function directions({ temporal, fake }: Stack): string {
  return `
Temporal UI  ${temporal.uiUrl ?? ''}/namespaces/${temporal.namespace}/workflows
Temporal     ${temporal.address}
Dashboard    ${fake.url}/
Worker log   ${path.relative(process.cwd(), WORKER_LOG)}

In another terminal, start a signing:

  npm run signing -- start examples/request.json --wait

Then hand it over and sign it in the Dashboard, as the employee and the customer would.
Ctrl-C stops everything.`;
}

void live(dev, { whenInterrupted: 0 });
