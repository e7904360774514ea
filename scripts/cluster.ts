/**
 * `npm run cluster`: what production has, natively and until Ctrl-C: the Temporal server on Postgres, its UI, the fake
 * flexperto and several workers. `npm run signing` in another terminal works with it without any variable set.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startFakeFlexperto } from '../fake-flexperto/index.js';
import { startCluster } from './cluster/cluster.js';
import { startTemporalUi } from './cluster/temporal-ui.js';
import { DEV_FOLDER, findDevServers, markDevServers } from './dev-mark.js';
import { live, type Life } from './life.js';
import { portOrFree } from './ports.js';
import { startProgram } from './program.js';

const WORKERS = 3;

async function cluster(life: Life): Promise<void> {
  const other = findDevServers();
  if (other !== undefined)
    throw new Error(
      `npm run dev or npm run cluster runs here already, as process ${other.pid}: stop that first.`,
    );
  mkdirSync(DEV_FOLDER, { recursive: true });
  const folder = mkdtempSync(path.join(tmpdir(), 'signing-cluster-'));
  life.stopAtEnd(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  console.log(
    `Starting Postgres, a Temporal server on it, its UI, a stand-in for flexperto and ${WORKERS} workers …`,
  );
  const servers = await startCluster(folder, await portOrFree(7233));
  life.stopAtEnd(() => servers.stop());
  const uiPort = await portOrFree(8233);
  const ui = await startTemporalUi(path.join(folder, 'ui'), { address: servers.address, port: uiPort });
  life.stopAtEnd(() => ui.stop());
  const fake = await startFakeFlexperto({ port: await portOrFree(4010), uploadPort: await portOrFree(4011) });
  life.stopAtEnd(() => fake.close());
  const variables = {
    TEMPORAL_ADDRESS: servers.address,
    TEMPORAL_NAMESPACE: servers.namespace,
    FLEXPERTO_BASE_URL: fake.url,
    FLEXPERTO_API_KEY: fake.apiKey,
    SIGNING_DOCUMENT_ROOT: path.resolve(__dirname, '../../examples'),
    SIGNING_POLL_SECONDS: '2',
  };
  const broken = [servers.broken, ui.endsByItself()];
  for (let worker = 1; worker <= WORKERS; worker += 1) {
    const { server } = await startProgram('worker', variables, path.join(DEV_FOLDER, `worker-${worker}.log`));
    life.stopAtEnd(() => server.stop());
    broken.push(server.endsByItself());
  }
  life.stopAtEnd(markDevServers(variables));
  console.log(`
Temporal UI  http://127.0.0.1:${uiPort}/namespaces/${servers.namespace}/workflows
Temporal     ${servers.address}
Dashboard    ${fake.url}/
Worker logs  ${path.relative(process.cwd(), DEV_FOLDER)}/worker-1.log to worker-${WORKERS}.log

In another terminal, start a signing:

  npm run signing -- start examples/request.json --wait

Ctrl-C stops everything and forgets it.`);
  await Promise.race(broken);
}

void live(cluster, { whenInterrupted: 0 });
