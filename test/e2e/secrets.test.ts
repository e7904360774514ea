import { startTemporalServer, type TemporalServer } from '../../scripts/temporal-server.js';
import { rejection } from '../support/outcomes.js';
import { textsInHistory } from '../support/history-texts.js';
import { API_KEY, createRealWorld, type RealWorld } from '../support/real-world.js';
import type { Signing } from '../support/signing.js';
import type { WorkerProcess } from '../support/worker-process.js';

const customer = {
  email: 'zoe.quastenflosser@example.invalid',
  firstname: 'Zoetrope',
  lastname: 'Quastenflosser',
  mobile: '+491520001122',
};
const PERSONAL = Object.values(customer);
/** The beginning of a JSON Web Token and what follows it, or a parameter that holds one. */
const TOKEN = /eyJ[\w-]{5,}\.|[?&]token=[^[]/;

interface Audited {
  readonly worker: WorkerProcess;
  readonly signings: readonly Signing[];
}

/** Sessions that went well and wrong in every way in which a vendor can repeat what it was sent. */
async function everythingGoesWrong(world: RealWorld): Promise<Audited> {
  const { fake } = world;
  const worker = await world.startWorker({ SIGNING_LOG_LEVEL: 'debug' });
  const start = (change = {}): Promise<Signing> => world.start({ participants: [customer], ...change });
  const parrot = {
    message: `${PERSONAL.join(' ')} ${API_KEY} ${fake.uploadUrl}/?token=eyJhbGciOi.eyJleHAi.c2ln`,
  };

  fake.faults.add({ call: 'initiate', status: 422, body: parrot });
  const rejected = await start();
  await rejection(rejected.result());

  const wrong = await start({ participants: [{ ...customer, mobile: `tel ${customer.mobile}` }], colour: 1 });
  await rejection(wrong.result());

  const unclear = await goesWrongAt(start, () => {
    fake.faults.add({ call: 'initiate', status: 500, body: parrot });
  });
  await unclear.resolve({ action: 'abort', reason: 'enough' });

  const refused = await goesWrongAt(start, () => {
    for (const call of ['upload', 'attach'] as const) fake.faults.add({ call, status: 422, body: parrot });
  });
  await refused.resolve({ action: 'retry' });
  await refused.untilState('needs-attention');
  await refused.resolve({ action: 'retry' });

  fake.faults.add({ call: 'upload', reset: 'before' });
  fake.faults.add({ call: 'upload', status: 403, body: parrot });
  fake.faults.add({ call: 'upload-url', truncate: true });
  fake.faults.add({ call: 'list', status: 500, body: parrot });
  const finished = await start();
  await finished.signAll();
  await finished.result();

  const signings = [rejected, wrong, unclear, refused, finished];
  return { worker, signings };
}

async function goesWrongAt(start: () => Promise<Signing>, prepare: () => void): Promise<Signing> {
  prepare();
  const signing = await start();
  await signing.untilState('needs-attention');
  return signing;
}

describe('After sessions that failed, needed attention and ended well, an auditor finds', () => {
  let server: TemporalServer;
  let world: RealWorld;
  let audited: Audited;
  beforeAll(async () => {
    server = await startTemporalServer();
    world = await createRealWorld(server);
    audited = await everythingGoesWrong(world);
  });
  afterAll(async () => {
    await world.close();
    await server.stop();
  });

  it('no secret and no personal data in the log, not even at level debug', async () => {
    const { worker } = audited;
    worker.kill('SIGTERM');
    await worker.ended;
    const lines = worker.output().split('\n');
    expect(lines.some((line) => line.includes('"level":"debug"'))).toBe(true);
    const hidden = [API_KEY, ...PERSONAL];
    expect(lines.filter((line) => TOKEN.test(line) || hidden.some((value) => line.includes(value)))).toEqual(
      [],
    );
  });

  it('no secret in any event of a history', async () => {
    for (const { handle } of audited.signings) {
      const texts = await textsInHistory(handle);
      expect(texts.length).toBeGreaterThan(20);
      expect(texts.filter(({ text }) => text.includes(API_KEY) || TOKEN.test(text))).toEqual([]);
    }
  });

  it('personal data in a history only where it is the input of the workflow or of a call', async () => {
    for (const { handle } of audited.signings) {
      const personal = (await textsInHistory(handle)).filter(({ text }) =>
        PERSONAL.some((value) => text.includes(value)),
      );
      expect(personal.length).toBeGreaterThan(0);
      for (const { at } of personal) expect(at).toMatch(/EventAttributes\.input\./);
    }
  });

  it('no personal data in search attributes, memo and summary', async () => {
    for (const { handle } of audited.signings) {
      const { raw, typedSearchAttributes, memo } = await handle.describe();
      const shown = JSON.stringify([typedSearchAttributes.getAll(), memo, raw.executionConfig?.userMetadata]);
      for (const hidden of [API_KEY, ...PERSONAL]) expect(shown).not.toContain(hidden);
    }
  });
});
