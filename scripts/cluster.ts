/**
 * `npm run cluster`: runs the Temporal server on Postgres, its UI, the fake flexperto and several workers natively, until
 * Ctrl-C. `npm run signing` in another terminal uses them without configuration.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startFakeFlexperto } from '../fake-flexperto/index.js';
import { startCluster } from './cluster/cluster.js';
import { startTemporalUi } from './cluster/temporal-ui.js';
import { DEV_FOLDER, readDevEnvironment, writeDevEnvironment } from './dev-environment.js';
import { preferPort } from './processes/ports.js';
import { type ProcessLifecycle, runWithCleanup } from './processes/process-lifecycle.js';
import { startProgram } from './processes/program.js';

const WORKERS = 3;

async function runCluster(lifecycle: ProcessLifecycle): Promise<void> {
  const running = readDevEnvironment();
  if (running !== undefined)
    throw new Error(
      `npm run dev or npm run cluster is already running here as process ${running.pid}. Stop it first.`,
    );
  mkdirSync(DEV_FOLDER, { recursive: true });
  const folder = mkdtempSync(path.join(tmpdir(), 'signing-cluster-'));
  lifecycle.addCleanup(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  console.log(
    `Starting Postgres, a Temporal server on it, its UI, a fake flexperto and ${WORKERS} workers …`,
  );
  const servers = await startCluster(folder, await preferPort(7233));
  lifecycle.addCleanup(() => servers.stop());
  const uiPort = await preferPort(8233);
  const ui = await startTemporalUi(path.join(folder, 'ui'), { address: servers.address, port: uiPort });
  lifecycle.addCleanup(() => ui.stop());
  const fake = await startFakeFlexperto({ port: await preferPort(4010), uploadPort: await preferPort(4011) });
  lifecycle.addCleanup(() => fake.close());
  const variables = {
    TEMPORAL_ADDRESS: servers.address,
    TEMPORAL_NAMESPACE: servers.namespace,
    FLEXPERTO_BASE_URL: fake.url,
    FLEXPERTO_API_KEY: fake.apiKey,
    SIGNING_DOCUMENT_ROOT: path.resolve(__dirname, '../../examples'),
    SIGNING_POLL_SECONDS: '2',
  };
  const exits = [servers.unexpectedExit, ui.unexpectedExit()];
  for (let worker = 1; worker <= WORKERS; worker += 1) {
    const { server } = await startProgram('worker', variables, path.join(DEV_FOLDER, `worker-${worker}.log`));
    lifecycle.addCleanup(() => server.stop());
    exits.push(server.unexpectedExit());
  }
  lifecycle.addCleanup(writeDevEnvironment(variables));
  console.log(`
Temporal UI  http://127.0.0.1:${uiPort}/namespaces/${servers.namespace}/workflows
Temporal     ${servers.address}
Dashboard    ${fake.url}/
Worker logs  ${path.relative(process.cwd(), DEV_FOLDER)}/worker-1.log to worker-${WORKERS}.log

In another terminal, start a signing:

  npm run signing -- start examples/request.json --wait

Ctrl-C stops everything and deletes its data.`);
  await Promise.race(exits);
}

void runWithCleanup(runCluster, { whenInterrupted: 0 });
