/**
 * `npm run test:compose`: brings docker-compose.yml up from nothing, carries a signing through it, and takes it down with its
 * volumes. It needs Docker Compose 2.24 or newer and an engine that reaches the images; it does not touch other projects.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { getErrorMessage } from '../src/shared/errors.js';
import { type ComposeProject, createComposeProject } from './compose/compose-project.js';
import { completeSigning, waitForCompletion } from './compose/signing-over-gateway.js';
import { runCommand, withProgressLog } from './processes/commands.js';
import { type ProcessLifecycle, runWithCleanup } from './processes/process-lifecycle.js';

const TRIAL = ['--profile', 'trial'];

async function testCompose(lifecycle: ProcessLifecycle): Promise<void> {
  await runCommand('docker', ['compose', 'version']).catch((error: unknown) => {
    throw new Error('There is no docker compose here: install version 2.24 or newer.', { cause: error });
  });
  const folder = mkdtempSync(path.join(tmpdir(), 'signing-compose-'));
  lifecycle.addCleanup(() => {
    rmSync(folder, { recursive: true });
  });
  const project = createComposeProject(folder);
  await withProgressLog('Building the image.', project.run([...TRIAL, 'build'], 1800));
  lifecycle.addCleanup(() => takeDown(project));
  await withProgressLog('Starting the services.', project.run([...TRIAL, 'up', '--detach', '--wait'], 600));
  report('every service of the profile trial is healthy');
  await checkNoRestart(project);
  report('and none had to start twice');
  await checkUi(await project.findUrl('temporal-ui', 8080));
  report('the Temporal UI shows the namespace with its retention');
  await completeSigning({
    gateway: await project.findUrl('gateway', 8080),
    fake: await project.findUrl('fake-flexperto', 4010),
  });
  report('a signing was completed over the gateway');
  await project.run([...TRIAL, 'up', '--detach', '--wait', '--force-recreate'], 600);
  await waitForCompletion(await project.findUrl('gateway', 8080));
  report('new containers come up on the same database, and know the signing');
  await checkTenantRefused(project);
  report('the profile tenant refuses to start without an address, in one sentence');
}

function report(checked: string): void {
  console.log(`  ✓ ${checked}`);
}

async function takeDown(project: ComposeProject): Promise<void> {
  await project.run([...TRIAL, '--profile', 'tenant', 'down', '--volumes', '--rmi', 'local']);
  report('everything is down, with its volumes');
}

async function checkNoRestart(project: ComposeProject): Promise<void> {
  const containers = (await project.run([...TRIAL, 'ps', '--all', '--quiet'])).trim().split('\n');
  const format = '{{.Name}} {{.RestartCount}}';
  const restarts = await runCommand('docker', ['inspect', '--format', format, ...containers]);
  const restarted = restarts.trim().split('\n').filter((line) => !line.endsWith(' 0')); // prettier-ignore
  if (restarted.length > 0) throw new Error(`Some containers were restarted: ${restarted.join(', ')}.`);
}

async function checkUi(url: string): Promise<void> {
  const response = await fetch(`${url}/api/v1/namespaces/default`);
  const { config } = (await response.json()) as { config?: { workflowExecutionRetentionTtl?: string } };
  const retention = config?.workflowExecutionRetentionTtl;
  if (retention !== `${8928 * 3600}s`) throw new Error(`The namespace's retention is ${retention}.`);
}

async function checkTenantRefused(project: ComposeProject): Promise<void> {
  const refusal = await project.run(['--profile', 'tenant', 'run', '--rm', '--no-deps', 'worker']).then(
    () => 'nothing',
    (error: unknown) => getErrorMessage(error),
  );
  if (!refusal.startsWith('FLEXPERTO_BASE_URL is missing'))
    throw new Error(`The worker said instead: ${refusal}.`);
}

void runWithCleanup(testCompose, { whenInterrupted: 130 });
