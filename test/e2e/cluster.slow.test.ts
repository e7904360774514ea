import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster, type Cluster } from '../../scripts/cluster/cluster.js';
import { findFreePort } from '../../scripts/processes/ports.js';
import { writeLargePdf, startThrottlingProxy } from '../support/slow-uploads.js';
import { waitUntil } from '../support/async-helpers.js';
import { createRealEnvironment, type RealEnvironment } from '../support/real-environment.js';
import type { WorkerProcess } from '../support/program-process.js';

const MEGABYTE = 1024 * 1024;

let folder: string;
let cluster: Cluster;
let workers: WorkerProcess[] = [];

/** A Temporal server on Postgres, and two workers: each part is killed in turn while a document is on its way. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signing-cluster-'));
  cluster = await startCluster(folder);
}, 600_000);

afterAll(async () => {
  await cluster.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Kills both workers: which of them uploads is not known from outside. */
async function killWorkers(): Promise<void> {
  for (const worker of workers) worker.kill('SIGKILL');
  await Promise.all(workers.map(({ exited }) => exited));
}

async function startWorkers(environment: RealEnvironment): Promise<void> {
  workers = await Promise.all([environment.startWorker(), environment.startWorker()]);
}

const components: [
  string,
  { kill: () => Promise<void>; restart: (world: RealEnvironment) => Promise<void> },
][] = [
  ['Postgres', { kill: () => cluster.postgres.kill(), restart: () => cluster.postgres.restart() }],
  ['the Temporal server', { kill: () => cluster.temporal.kill(), restart: () => cluster.temporal.restart() }],
  ['the workers', { kill: killWorkers, restart: startWorkers }],
  [
    'all of them together',
    {
      kill: async () => {
        await Promise.all([killWorkers(), cluster.temporal.kill(), cluster.postgres.kill()]);
      },
      restart: async (world) => {
        await cluster.postgres.restart();
        await cluster.temporal.restart();
        await startWorkers(world);
      },
    },
  ],
];

it.each(components)(
  '%s killed in the middle of an upload and back again: the session ends well, and nothing is sent twice',
  async (_, { kill, restart }) => {
    const uploadPort = await findFreePort();
    const valve = await startThrottlingProxy(uploadPort, MEGABYTE);
    const world = await createRealEnvironment(cluster, { uploadPort, publicUploadUrl: valve.url });
    try {
      await writeLargePdf(join(world.root, 'large.pdf'), 5 * MEGABYTE);
      await startWorkers(world);
      const documents = [{ source: 'file:large.pdf' }, { source: 'file:terms.pdf' }];
      const signing = await world.start({ documents });
      await waitUntil('the large document is under way', () => valve.heldUploads() === 1);

      await kill();
      // What was on its way either arrives while nobody listens, or never.
      valve.release();
      await restart(world);

      await signing.signAll();
      const { state, sessionId } = await signing.result();
      expect(state).toBe('completed');
      expect(world.fake.ledger.effects('session-initiated')).toHaveLength(1);
      const session = world.fake.sessions().find(({ id }) => id === sessionId);
      expect(session?.documents.map(({ name }) => name)).toEqual(['large.pdf', 'terms.pdf']);
    } finally {
      await world.close();
      await valve.close();
    }
  },
  180_000,
);
