import { join } from 'node:path';
import { findFreePort } from '../../scripts/processes/ports.js';
import { writeLargePdf, startThrottlingProxy, type ThrottlingProxy } from '../support/slow-uploads.js';
import { waitUntil } from '../support/async-helpers.js';
import { useRealEnvironments, type RealEnvironment } from '../support/real-environment.js';
import type { Signing } from '../support/signing.js';
import type { WorkerProcess } from '../support/program-process.js';

const MEGABYTE = 1024 * 1024;
/** What an idle worker is given to end: less than the grace that an upload in flight has. */
const IDLE_SHUTDOWN_TIMEOUT_MS = 30_000;

const createEnvironment = useRealEnvironments();
let valves: ThrottlingProxy[] = [];
afterEach(async () => {
  for (const valve of valves) await valve.close();
  valves = [];
});

interface UploadInFlight {
  readonly environment: RealEnvironment;
  readonly valve: ThrottlingProxy;
  readonly worker: WorkerProcess;
  readonly signing: Signing;
}

async function startUploadInFlight(): Promise<UploadInFlight> {
  const uploadPort = await findFreePort();
  const valve = await startThrottlingProxy(uploadPort, MEGABYTE);
  valves.push(valve);
  const environment = await createEnvironment({ uploadPort, publicUploadUrl: valve.url });
  await writeLargePdf(join(environment.root, 'large.pdf'), 5 * MEGABYTE);
  const worker = await environment.startWorker();
  const signing = await environment.start({ documents: [{ source: 'file:large.pdf' }] });
  await waitUntil('the upload is under way', () => valve.heldUploads() === 1);
  return { environment, valve, worker, signing };
}

async function assertCompletes({ environment, signing }: UploadInFlight): Promise<void> {
  await environment.startWorker();
  await signing.signAll();
  expect((await signing.result()).state).toBe('completed');
  expect(environment.fake.ledger.effects('document-attached')).toHaveLength(1);
}

describe('A worker that is asked to stop', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s lets an upload in flight end, and the next worker does not repeat it',
    async (signal) => {
      const flight = await startUploadInFlight();
      const { environment, valve, worker } = flight;
      worker.kill(signal);
      await worker.waitFor('"STOPPING"');
      valve.release();
      expect(await worker.exited).toEqual({ code: 0, signal: null });
      expect(worker.stderr()).toBe('');
      expect(environment.fake.ledger.effects('file-uploaded')).toHaveLength(1);

      await assertCompletes(flight);
      expect(environment.fake.ledger.effects('file-uploaded')).toHaveLength(1);
    },
  );

  it('hands an upload that does not end in time over to the next worker', async () => {
    const flight = await startUploadInFlight();
    const { environment, valve, worker } = flight;
    worker.kill('SIGTERM');
    expect(await worker.exited).toEqual({ code: 0, signal: null });
    expect(environment.fake.ledger.effects('file-uploaded')).toHaveLength(0);

    valve.dropHeld();
    valve.release();
    await assertCompletes(flight);
  }, 150_000);

  it(
    'while it is idle, ends with exit code 0',
    async () => {
      const world = await createEnvironment();
      const worker = await world.startWorker();
      const signing = await world.start();
      await signing.untilState('awaiting-handover');
      worker.kill('SIGTERM');
      expect(await worker.exited).toEqual({ code: 0, signal: null });
      expect(worker.output()).toContain('"worker stopped"');
    },
    IDLE_SHUTDOWN_TIMEOUT_MS,
  );
});
