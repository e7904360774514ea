import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cluster, startCluster } from '../../scripts/cluster/cluster.js';
import { findFreePort } from '../../scripts/processes/ports.js';
import { waitUntil } from '../support/async-helpers.js';
import type { WorkerProcess } from '../support/program-process.js';
import { type RealEnvironment, createRealEnvironment } from '../support/real-environment.js';
import { startThrottlingProxy, writeLargePdf } from '../support/slow-uploads.js';

const MEGABYTE = 1024 * 1024;

let folder: string;
let cluster: Cluster;
let workers: WorkerProcess[] = [];

/** A Temporal server on Postgres, and two workers: each part is killed in turn during an upload. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signing-cluster-'));
  cluster = await startCluster(folder);
}, 600_000);

afterAll(async () => {
  await cluster.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Kills both workers, because only they know which of them uploads. */
async function killWorkers(): Promise<void> {
  for (const worker of workers) worker.kill('SIGKILL');
  await Promise.all(workers.map(({ exited }) => exited));
}

async function startWorkers(environment: RealEnvironment): Promise<void> {
  workers = await Promise.all([environment.startWorker(), environment.startWorker()]);
}

const components: [
  string,
  { kill: () => Promise<void>; restart: (environment: RealEnvironment) => Promise<void> },
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
      restart: async (environment) => {
        await cluster.postgres.restart();
        await cluster.temporal.restart();
        await startWorkers(environment);
      },
    },
  ],
];

it.each(components)(
  '%s killed in the middle of an upload and restarted: the signing completes, and nothing is sent twice',
  async (_, { kill, restart }) => {
    const uploadPort = await findFreePort();
    const uploadProxy = await startThrottlingProxy(uploadPort, MEGABYTE);
    const environment = await createRealEnvironment(cluster, {
      uploadPort,
      publicUploadUrl: uploadProxy.url,
    });
    try {
      await writeLargePdf(join(environment.root, 'large.pdf'), 5 * MEGABYTE);
      await startWorkers(environment);
      const documents = [{ source: 'file:large.pdf' }, { source: 'file:terms.pdf' }];
      const signing = await environment.start({ documents });
      await waitUntil('the upload of the large document is in flight', () => uploadProxy.heldUploads() === 1);

      await kill();
      // Data in transit arrives while nobody listens, or never.
      uploadProxy.release();
      await restart(environment);

      await signing.signAll();
      const { state, sessionId } = await signing.result();
      expect(state).toBe('completed');
      expect(environment.fake.ledger.effects('session-initiated')).toHaveLength(1);
      const session = environment.fake.sessions().find(({ id }) => id === sessionId);
      expect(session?.documents.map(({ name }) => name)).toEqual(['large.pdf', 'terms.pdf']);
    } finally {
      await environment.close();
      await uploadProxy.close();
    }
  },
  180_000,
);
