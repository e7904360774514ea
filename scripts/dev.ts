/**
 * `npm run dev`: runs a Temporal server with its UI, the fake flexperto, the worker, the gateway and the example CRM until
 * Ctrl-C, on their usual ports where those are free. `npm run signing` in another terminal uses them without configuration.
 */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DEV_FOLDER, readDevEnvironment, writeDevEnvironment } from './dev-environment.js';
import { preferPort } from './processes/ports.js';
import { type ProcessLifecycle, runWithCleanup } from './processes/process-lifecycle.js';
import { type Stack, startStack } from './processes/stack.js';

const DATABASE = path.join(DEV_FOLDER, 'temporal.db');
const WORKER_LOG = path.join(DEV_FOLDER, 'worker.log');
const GATEWAY_LOG = path.join(DEV_FOLDER, 'gateway.log');

async function runDev(lifecycle: ProcessLifecycle): Promise<void> {
  const running = readDevEnvironment();
  if (running !== undefined)
    throw new Error(`npm run dev is already running here as process ${running.pid}. Stop it first.`);
  mkdirSync(DEV_FOLDER, { recursive: true });
  deleteDatabase();
  console.log(
    'Starting a Temporal server, a fake flexperto, the worker, the gateway and a CRM: about 8 seconds …',
  );
  const stack = await startStack({
    temporal: { port: await preferPort(7233), uiPort: await preferPort(8233), dbFile: DATABASE },
    fake: { port: await preferPort(4010), uploadPort: await preferPort(4011) },
    gatewayPort: await preferPort(8080),
    crmPort: await preferPort(8090),
    documentRoot: path.join(DEV_FOLDER, 'documents'),
    pollSeconds: 2,
    workerLog: WORKER_LOG,
    gatewayLog: GATEWAY_LOG,
  });
  lifecycle.addCleanup(() => stack.stop());
  lifecycle.addCleanup(writeDevEnvironment(stack.variables));
  console.log(formatInstructions(stack));
  await stack.unexpectedExit;
}

/** The fake starts empty: signings of an earlier run would find other contract sessions under their ids. */
function deleteDatabase(): void {
  for (const suffix of ['', '-shm', '-wal']) rmSync(`${DATABASE}${suffix}`, { force: true });
}

function formatInstructions({ temporal, fake, gateway, crm }: Stack): string {
  return `
CRM page     ${crm.url}
Dashboard    ${fake.url}/
Temporal UI  ${temporal.uiUrl ?? ''}/namespaces/${temporal.namespace}/workflows
Gateway      ${gateway.url}/docs, with the key ${gateway.key}
Temporal     ${temporal.address}
Logs         ${[WORKER_LOG, GATEWAY_LOG].map((file) => path.relative(process.cwd(), file)).join(', ')}

Send examples/contract.pdf from the CRM page, or start a signing in another terminal:

  npm run signing -- start examples/request.json --wait

Then hand it over and sign it in the Dashboard, as the employee and the customer do.
Ctrl-C stops everything.`;
}

void runWithCleanup(runDev, { whenInterrupted: 0 });
