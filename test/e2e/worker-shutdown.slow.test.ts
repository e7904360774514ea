import { join } from 'node:path';
import { freePort } from '../../scripts/ports.js';
import { writeLargePdf } from '../support/large-pdf.js';
import { eventually } from '../support/outcomes.js';
import { realWorlds, type RealWorld } from '../support/real-world.js';
import type { Signing } from '../support/signing.js';
import { createUploadValve, type UploadValve } from '../support/upload-valve.js';
import type { WorkerProcess } from '../support/worker-process.js';

const MEGABYTE = 1024 * 1024;
/** What an idle worker is given to end: less than the grace that an upload in flight has. */
const IDLE_MS = 30_000;

const newWorld = realWorlds();
let valves: UploadValve[] = [];
afterEach(async () => {
  for (const valve of valves) await valve.close();
  valves = [];
});

interface UploadInFlight {
  readonly world: RealWorld;
  readonly valve: UploadValve;
  readonly worker: WorkerProcess;
  readonly signing: Signing;
}

async function uploadInFlight(): Promise<UploadInFlight> {
  const uploadPort = await freePort();
  const valve = await createUploadValve(uploadPort, MEGABYTE);
  valves.push(valve);
  const world = await newWorld({ uploadPort, publicUploadUrl: valve.url });
  await writeLargePdf(join(world.root, 'large.pdf'), 5 * MEGABYTE);
  const worker = await world.startWorker();
  const signing = await world.start({ documents: [{ source: 'file:large.pdf' }] });
  await eventually('the upload is under way', () => valve.held() === 1);
  return { world, valve, worker, signing };
}

async function expectCompletion({ world, signing }: UploadInFlight): Promise<void> {
  await world.startWorker();
  await signing.signAll();
  expect((await signing.result()).state).toBe('completed');
  expect(world.fake.ledger.effects('document-attached')).toHaveLength(1);
}

describe('A worker that is asked to stop', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s lets an upload in flight end, and the next worker does not repeat it',
    async (signal) => {
      const flight = await uploadInFlight();
      const { world, valve, worker } = flight;
      worker.kill(signal);
      await worker.waitFor('"STOPPING"');
      valve.open();
      expect(await worker.ended).toEqual({ code: 0, signal: null });
      expect(worker.stderr()).toBe('');
      expect(world.fake.ledger.effects('file-uploaded')).toHaveLength(1);

      await expectCompletion(flight);
      expect(world.fake.ledger.effects('file-uploaded')).toHaveLength(1);
    },
  );

  it('hands an upload that does not end in time over to the next worker', async () => {
    const flight = await uploadInFlight();
    const { world, valve, worker } = flight;
    worker.kill('SIGTERM');
    expect(await worker.ended).toEqual({ code: 0, signal: null });
    expect(world.fake.ledger.effects('file-uploaded')).toHaveLength(0);

    valve.cut();
    valve.open();
    await expectCompletion(flight);
  }, 150_000);

  it(
    'while it is idle, ends with exit code 0',
    async () => {
      const world = await newWorld();
      const worker = await world.startWorker();
      const signing = await world.start();
      await signing.untilState('awaiting-handover');
      worker.kill('SIGTERM');
      expect(await worker.ended).toEqual({ code: 0, signal: null });
      expect(worker.output()).toContain('"worker stopped"');
    },
    IDLE_MS,
  );
});
