import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildImage } from '../../scripts/image/build.js';
import { findObstacle, preparePodman } from '../../scripts/image/podman.js';
import { COSTLY_PDFS } from '../hostile/costly-pdfs.js';
import { waitUntil } from '../support/async-helpers.js';
import type { Container } from './containers.js';
import { type Deployment, startDeployment } from './deployment.js';

/** Installing podman, making a base image and building take minutes on a busy machine. */
const SETUP_TIMEOUT_MS = 40 * 60_000;
const TEST_TIMEOUT_MS = 10 * 60_000;
/** `stop_grace_period` of docker-compose.yml. */
const WORKER_GRACE_SECONDS = 300;
const GATEWAY_GRACE_SECONDS = 30;
const SLOW_UPLOAD_SECONDS = 20;

const MEGABYTE = 1024 * 1024;
/** Each of them meets the limit of memory of its inspection. */
const COSTLY = ['a million different names', 'a million numbers that are one digit too long'] as const;

let deployment: Deployment;
let removeDeployment = (): Promise<void> => Promise.resolve();

const describeImage = (): void => {
  beforeAll(async () => {
    const podman = await preparePodman();
    deployment = await startDeployment(podman, await buildImage(podman));
    removeDeployment = () => deployment.remove();
  }, SETUP_TIMEOUT_MS);
  afterAll(async () => {
    await removeDeployment();
  }, TEST_TIMEOUT_MS);

  it('has neither a package manager of Node nor Temporal’s core for other platforms', async () => {
    const worker = deployment.worker();
    const { stdout } = await worker.shell(
      'ls /usr/local/bin; ls node_modules/@temporalio/core-bridge/releases',
    );
    expect(
      stdout
        .trim()
        .split('\n')
        .filter((name) => name !== 'docker-entrypoint.sh'),
    ).toEqual(['node', `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-unknown-linux-gnu`]);
  });

  it.each(['worker', 'gateway', 'fake'] as const)(
    'runs the %s as the user node, without privileges, on a file system that it cannot write to',
    async (name) => {
      const container = name === 'worker' ? deployment.worker() : deployment[name];
      const status = await readStatus(container);
      expect(status).toMatchObject({ Uid: '1000', CapPrm: 0, CapEff: 0, CapBnd: 0, NoNewPrivs: '1' });
      const { stdout } = await container.shell(
        'for d in /app /tmp /documents; do [ -w $d ] && echo $d; done',
      );
      expect(stdout.trim()).toBe(name === 'gateway' ? '/documents' : '');
    },
  );

  it('is healthy by its own health check while Temporal answers, and only then', async () => {
    const worker = deployment.worker();
    await waitUntil('the worker is healthy', () => worker.isHealthy());
    await deployment.temporal.pause();
    expect(await worker.isHealthy()).toBe(false);
    await deployment.temporal.unpause();
    await waitUntil('the worker is healthy again', () => worker.isHealthy());
  });

  it('carries a signing from uploads through the gateway to its completion', async () => {
    const sources = await uploadExamples();
    const requestId = await deployment.startSigning(sources);
    await completeSigning(requestId);
  });

  it('stays below its limit of memory while the worker inspects two costly PDFs', async () => {
    const folder = await deployment.documentFolder();
    for (const [index, name] of COSTLY.entries())
      await writeFile(join(folder, `costly-${index}.pdf`), COSTLY_PDFS[name]?.() ?? '');
    const requestId = await deployment.startSigning(COSTLY.map((_, index) => `file:costly-${index}.pdf`));
    const reason = await deployment.untilRejected(requestId);
    expect(reason.match(/within 256 MB of memory/g)).toHaveLength(COSTLY.length);
    const { limit, peak, kills } = await readMemory(deployment.worker());
    process.stderr.write(`Peak memory of the worker's container: ${Math.round(peak / MEGABYTE)} MB.\n`);
    expect(limit).toBe(1024 * MEGABYTE);
    expect(peak).toBeLessThan(limit);
    expect(kills).toBe(0);
  });

  it('lets an upload in flight end after SIGTERM, and the next worker carries the signing on', async () => {
    await deployment.addFault({ call: 'upload', delaySeconds: SLOW_UPLOAD_SECONDS });
    const before = (await deployment.ledger()).length;
    const requestId = await deployment.startSigning(await uploadExamples());
    const calls = async (): Promise<Awaited<ReturnType<Deployment['ledger']>>> =>
      (await deployment.ledger()).slice(before);
    const isInFlight = async (): Promise<boolean> =>
      (await calls()).some(
        ({ call, effect, status }) => call === 'upload' && effect !== null && status === null,
      );
    await waitUntil('the upload is in flight', isInFlight);

    const ended = deployment.worker().stop(WORKER_GRACE_SECONDS);
    await deployment.worker().waitForLog('"STOPPING"');
    expect(await isInFlight()).toBe(true);
    expect(await ended).toBe(0);

    await deployment.startWorker();
    await completeSigning(requestId);
    const effects = (await calls()).map(({ effect }) => effect);
    expect(effects.filter((effect) => effect === 'session-initiated')).toHaveLength(1);
    expect(effects.filter((effect) => effect === 'file-uploaded')).toHaveLength(2);
    expect(effects.filter((effect) => effect === 'document-attached')).toHaveLength(2);
  });

  it('ends its idle programs after SIGTERM', async () => {
    expect(await deployment.worker().stop(WORKER_GRACE_SECONDS)).toBe(0);
    expect(await deployment.gateway.stop(GATEWAY_GRACE_SECONDS)).toBe(0);
    expect(await deployment.fake.stop(GATEWAY_GRACE_SECONDS)).toBe(0);
  });
};

async function uploadExamples(): Promise<string[]> {
  return [await deployment.upload('examples/contract.pdf'), await deployment.upload('examples/terms.pdf')];
}

async function completeSigning(requestId: string): Promise<void> {
  const { sessionId } = await deployment.untilState(requestId, 'awaiting-signature');
  await deployment.sign(sessionId);
  await deployment.untilState(requestId, 'completed');
}

/** What the kernel says about a container's first process: its user, and its capabilities as numbers. */
async function readStatus(container: Container): Promise<Record<string, string | number>> {
  const { stdout } = await container.shell('cat /proc/1/status');
  const lines = stdout.split('\n').map((line) => line.split(/:?\s+/));
  return Object.fromEntries(
    lines.map(([name = '', value = '']) => [name, name.startsWith('Cap') ? Number(`0x${value}`) : value]),
  );
}

/** By the first version of cgroups or the second. */
async function readMemory(container: Container): Promise<{ limit: number; peak: number; kills: number }> {
  const { stdout } = await container.shell(`cd /sys/fs/cgroup
    if [ -d memory ]; then cat memory/memory.limit_in_bytes memory/memory.max_usage_in_bytes memory/memory.oom_control
    else cat memory.max memory.peak memory.events; fi`);
  const [limit, peak] = stdout.split('\n').map(Number);
  const [, kills] = /^oom_kill (\d+)$/m.exec(stdout) ?? [];
  return { limit: limit ?? Number.NaN, peak: peak ?? Number.NaN, kills: Number(kills) };
}

const obstacle = findObstacle();
if (obstacle === undefined) describe('The image', describeImage);
else
  it(`The image is neither built nor run on this machine, since ${obstacle}`, () => {
    // Jest shows no titles where it runs several files.
    process.stderr.write(`The image is neither built nor run on this machine, since ${obstacle}.\n`);
    expect(obstacle).not.toBe('');
  });
