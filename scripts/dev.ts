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

async function dev(life: Life): Promise<void> {
  const other = findDevServers();
  if (other !== undefined)
    throw new Error(`npm run dev is running here already, as process ${other.pid}: stop that one first.`);
  mkdirSync(DEV_FOLDER, { recursive: true });
  forgetEarlierSessions();
  console.log('Starting a Temporal server, a stand-in for flexperto and the worker, some 5 seconds …');
  const stack = await startStack(life, {
    folder: DEV_FOLDER,
    dbFile: DATABASE,
    ports: {
      temporal: await portOrFree(7233),
      ui: await portOrFree(8233),
      fake: await portOrFree(4010),
      uploads: await portOrFree(4011),
    },
    pollSeconds: 2,
  });
  life.stopAtEnd(markDevServers(stack.variables));
  console.log(directions(stack));
  await stack.broken;
}

/** The fake starts without a memory: sessions of an earlier time would find others under their numbers. */
function forgetEarlierSessions(): void {
  for (const suffix of ['', '-shm', '-wal']) rmSync(`${DATABASE}${suffix}`, { force: true });
}

function directions({ temporal, fake, workerLog }: Stack): string {
  return `
Temporal UI  ${temporal.uiUrl ?? ''}/namespaces/${temporal.namespace}/workflows
Temporal     ${temporal.address}
Dashboard    ${fake.url}/
Worker log   ${path.relative(process.cwd(), workerLog)}

In another terminal, start a signing:

  npm run signing -- start examples/request.json --wait

Then hand it over and sign it in the Dashboard, as the employee and the customer would.
Ctrl-C stops everything.`;
}

void live(dev, { whenInterrupted: 0 });
