import { type TemporalServer, startTemporalServer } from '../../scripts/processes/temporal-server.js';
import { captureRejection } from '../support/async-helpers.js';
import type { WorkerProcess } from '../support/program-process.js';
import { readHistoryTexts } from '../support/raw-data.js';
import { API_KEY, type RealEnvironment, createRealEnvironment } from '../support/real-environment.js';
import type { Signing } from '../support/signing.js';

const CUSTOMER = {
  email: 'zoe.quastenflosser@example.invalid',
  firstname: 'Zoetrope',
  lastname: 'Quastenflosser',
  mobile: '+491520001122',
};
const PERSONAL_DATA = Object.values(CUSTOMER);
/** The beginning of a JSON Web Token, or a parameter with one. */
const TOKEN_PATTERN = /eyJ[\w-]{5,}\.|[?&]token=[^[]/;

interface SecretsScenario {
  readonly worker: WorkerProcess;
  readonly signings: readonly Signing[];
}

/** Signings that succeed, and fail in every way in which a vendor can repeat personal data. */
async function runFailureScenarios(environment: RealEnvironment): Promise<SecretsScenario> {
  const { fake } = environment;
  const worker = await environment.startWorker({ SIGNING_LOG_LEVEL: 'debug' });
  const start = (change = {}): Promise<Signing> => environment.start({ participants: [CUSTOMER], ...change });
  const echoingBody = {
    message: `${PERSONAL_DATA.join(' ')} ${API_KEY} ${fake.uploadUrl}/?token=eyJhbGciOi.eyJleHAi.c2ln`,
  };

  fake.faults.add({ call: 'initiate', status: 422, body: echoingBody });
  const rejected = await start();
  await captureRejection(rejected.result());

  const wrong = await start({ participants: [{ ...CUSTOMER, mobile: `tel ${CUSTOMER.mobile}` }], colour: 1 });
  await captureRejection(wrong.result());

  const unknownOutcome = await startFailing(start, () => {
    fake.faults.add({ call: 'initiate', status: 500, body: echoingBody });
  });
  await unknownOutcome.resolve({ action: 'abort', reason: 'enough' });

  const refused = await startFailing(start, () => {
    for (const call of ['upload', 'attach'] as const)
      fake.faults.add({ call, status: 422, body: echoingBody });
  });
  await refused.resolve({ action: 'retry' });
  await refused.untilState('needs-attention');
  await refused.resolve({ action: 'retry' });

  fake.faults.add({ call: 'upload', reset: 'before' });
  fake.faults.add({ call: 'upload', status: 403, body: echoingBody });
  fake.faults.add({ call: 'upload-url', truncate: true });
  fake.faults.add({ call: 'list', status: 500, body: echoingBody });
  const finished = await start();
  await finished.signAll();
  await finished.result();

  const signings = [rejected, wrong, unknownOutcome, refused, finished];
  return { worker, signings };
}

async function startFailing(start: () => Promise<Signing>, injectFaults: () => void): Promise<Signing> {
  injectFaults();
  const signing = await start();
  await signing.untilState('needs-attention');
  return signing;
}

describe('After signings that failed, needed attention and completed, an auditor finds', () => {
  let server: TemporalServer;
  let environment: RealEnvironment;
  let audited: SecretsScenario;
  beforeAll(async () => {
    server = await startTemporalServer();
    environment = await createRealEnvironment(server);
    audited = await runFailureScenarios(environment);
  });
  afterAll(async () => {
    await environment.close();
    await server.stop();
  });

  it('no secret and no personal data in the log, not even at level debug', async () => {
    const { worker } = audited;
    worker.kill('SIGTERM');
    await worker.exited;
    const lines = worker.output().split('\n');
    expect(lines.some((line) => line.includes('"level":"debug"'))).toBe(true);
    const hidden = [API_KEY, ...PERSONAL_DATA];
    expect(
      lines.filter((line) => TOKEN_PATTERN.test(line) || hidden.some((value) => line.includes(value))),
    ).toEqual([]);
  });

  it('no secret in any event of a history', async () => {
    for (const { handle } of audited.signings) {
      const texts = await readHistoryTexts(handle);
      expect(texts.length).toBeGreaterThan(20);
      expect(texts.filter(({ text }) => text.includes(API_KEY) || TOKEN_PATTERN.test(text))).toEqual([]);
    }
  });

  it('personal data in a history only as input of the workflow or of a call', async () => {
    for (const { handle } of audited.signings) {
      const personal = (await readHistoryTexts(handle)).filter(({ text }) =>
        PERSONAL_DATA.some((value) => text.includes(value)),
      );
      expect(personal.length).toBeGreaterThan(0);
      for (const { at } of personal) expect(at).toMatch(/EventAttributes\.input\./);
    }
  });

  it('no personal data in search attributes, memo and summary', async () => {
    for (const { handle } of audited.signings) {
      const { raw, typedSearchAttributes, memo } = await handle.describe();
      const shown = JSON.stringify([typedSearchAttributes.getAll(), memo, raw.executionConfig?.userMetadata]);
      for (const hidden of [API_KEY, ...PERSONAL_DATA]) expect(shown).not.toContain(hidden);
    }
  });
});
