import { join } from 'node:path';
import { findFreePort } from '../../scripts/processes/ports.js';
import { waitUntil } from '../support/async-helpers.js';
import type { WorkerProcess } from '../support/program-process.js';
import { type RealEnvironment, useRealEnvironments } from '../support/real-environment.js';
import type { Signing } from '../support/signing.js';
import { type ThrottlingProxy, startThrottlingProxy, writeLargePdf } from '../support/slow-uploads.js';

const MEGABYTE = 1024 * 1024;
/** The time for an idle worker to end: less than the grace time of an upload in flight. */
const IDLE_SHUTDOWN_TIMEOUT_MS = 30_000;

const createEnvironment = useRealEnvironments();
let uploadProxies: ThrottlingProxy[] = [];
afterEach(async () => {
  for (const uploadProxy of uploadProxies) await uploadProxy.close();
  uploadProxies = [];
});

interface UploadInFlight {
  readonly environment: RealEnvironment;
  readonly uploadProxy: ThrottlingProxy;
  readonly worker: WorkerProcess;
  readonly signing: Signing;
}

async function startUploadInFlight(): Promise<UploadInFlight> {
  const uploadPort = await findFreePort();
  const uploadProxy = await startThrottlingProxy(uploadPort, MEGABYTE);
  uploadProxies.push(uploadProxy);
  const environment = await createEnvironment({ uploadPort, publicUploadUrl: uploadProxy.url });
  await writeLargePdf(join(environment.root, 'large.pdf'), 5 * MEGABYTE);
  const worker = await environment.startWorker();
  const signing = await environment.start({ documents: [{ source: 'file:large.pdf' }] });
  await waitUntil('the upload is in flight', () => uploadProxy.heldUploads() === 1);
  return { environment, uploadProxy, worker, signing };
}

async function assertCompletes({ environment, signing }: UploadInFlight): Promise<void> {
  await environment.startWorker();
  await signing.signAll();
  expect((await signing.result()).state).toBe('completed');
  expect(environment.fake.ledger.effects('document-attached')).toHaveLength(1);
}

describe('A worker that gets a signal to stop', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s lets an upload in flight end, and the next worker does not repeat it',
    async (signal) => {
      const flight = await startUploadInFlight();
      const { environment, uploadProxy, worker } = flight;
      worker.kill(signal);
      await worker.waitFor('"STOPPING"');
      uploadProxy.release();
      expect(await worker.exited).toEqual({ code: 0, signal: null });
      expect(worker.stderr()).toBe('');
      expect(environment.fake.ledger.effects('file-uploaded')).toHaveLength(1);

      await assertCompletes(flight);
      expect(environment.fake.ledger.effects('file-uploaded')).toHaveLength(1);
    },
  );

  it('hands an upload that does not end in time over to the next worker', async () => {
    const flight = await startUploadInFlight();
    const { environment, uploadProxy, worker } = flight;
    worker.kill('SIGTERM');
    expect(await worker.exited).toEqual({ code: 0, signal: null });
    expect(environment.fake.ledger.effects('file-uploaded')).toHaveLength(0);

    uploadProxy.dropHeld();
    uploadProxy.release();
    await assertCompletes(flight);
  }, 150_000);

  it(
    'while it is idle, ends with exit code 0',
    async () => {
      const environment = await createEnvironment();
      const worker = await environment.startWorker();
      const signing = await environment.start();
      await signing.untilState('awaiting-handover');
      worker.kill('SIGTERM');
      expect(await worker.exited).toEqual({ code: 0, signal: null });
      expect(worker.output()).toContain('"worker stopped"');
    },
    IDLE_SHUTDOWN_TIMEOUT_MS,
  );
});
