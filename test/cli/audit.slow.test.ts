import { mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import type { SigningAudit } from '../../src/starter/index.js';
import { eventually } from '../support/outcomes.js';
import { freshKey } from '../support/payload-keys.js';
import { REQUEST } from '../support/requests.js';
import type { SigningStatus } from '../../src/domain/status.js';
import { errorOf, jsonOf } from './cli.js';
import { createCliWorld, type CliWorld, type WorkerProcess } from './cli-world.js';

const ME = `cli/${userInfo().username}`;
const PERSONAL = Object.values(REQUEST.participants[0] ?? {});

let world: CliWorld;
let connection: Connection;
let client: Client;
beforeAll(async () => {
  world = await createCliWorld();
  connection = await Connection.connect({ address: world.server.address });
  client = new Client({ connection });
});
afterAll(async () => {
  await connection.close();
  await world.close();
});

const handleOf = (requestId: string): WorkflowHandle => client.workflow.getHandle(`signing-${requestId}`);

/** Both forms, as they are printed. */
async function evidence(requestId: string): Promise<{ json: string; report: string }> {
  const [json, report] = await Promise.all([
    world.run(['audit', requestId, '--json']),
    world.run(['audit', requestId]),
  ]);
  expect([json, report]).toMatchObject([
    { code: 0, stderr: '' },
    { code: 0, stderr: '' },
  ]);
  return { json: json.stdout, report: report.stdout };
}

const auditOf = async (requestId: string): Promise<SigningAudit> =>
  JSON.parse((await evidence(requestId)).json) as SigningAudit;

const decisionsIn = ({ timeline }: SigningAudit): string[] =>
  timeline.flatMap((entry) =>
    entry.kind === 'decision'
      ? `${entry.decision} ${JSON.stringify(entry.content)} by ${entry.by ?? ''}`
      : [],
  );

describe('audit', () => {
  let worker: WorkerProcess;
  beforeAll(async () => {
    worker = await world.startWorker();
  });

  it('gives the same bytes while an open session polls, and names who triggered it', async () => {
    const { requestId, file } = await world.request();
    await world.run(['start', file]);
    await eventually(
      'it waits',
      async () => (await world.signings.status(requestId)).state === 'awaiting-handover',
    );
    const attempt = async (): Promise<number> =>
      (await handleOf(requestId).describe()).raw.pendingActivities?.[0]?.attempt ?? 0;
    await eventually('it polls', async () => (await attempt()) > 1);
    const before = await evidence(requestId);
    const looks = await attempt();
    await eventually('it has polled on', async () => (await attempt()) > looks + 1);
    expect(await evidence(requestId)).toEqual(before);
    expect(JSON.parse(before.json)).toMatchObject({
      state: 'awaiting-handover',
      startedBy: ME,
      endedAt: null,
      request: { employeeId: '45' },
    });
    expect(before.report).toContain(` by ${ME}\n`);
  });

  it('names each decision that was taken in a terminal, and the user who took it', async () => {
    world.fake.faults.add({ call: 'initiate', status: 500 });
    const { requestId } = await world.signingIn('needs-attention');
    await world.run(['check', requestId]);
    const question = await world.question(requestId);
    await world.run(['resolve', requestId, 'retry', ...question]);
    await eventually(
      'it waits',
      async () => (await world.signings.status(requestId)).state === 'awaiting-handover',
    );
    await world.run(['cancel', requestId]);
    await world.run(['wait', requestId]);
    const audit = await auditOf(requestId);
    expect(audit.state).toBe('cancelled');
    expect(decisionsIn(audit).slice(1)).toEqual([
      `signal checkNow null by ${ME}`,
      `resolve {"attentionId":"${question[1]}","action":"retry"} by ${ME}`,
      `cancel null by ${ME}`,
    ]);
  });

  it('shows who terminated a session, and why', async () => {
    const { requestId } = await world.signingIn('awaiting-handover');
    await handleOf(requestId).terminate('sent to the wrong customer');
    const audit = await auditOf(requestId);
    expect(audit).toMatchObject({ state: 'terminated', endReason: 'sent to the wrong customer' });
    expect(audit.endedAt).not.toBeNull();
    expect(decisionsIn(audit).at(-1)).toMatch(/^terminate {"reason":"sent to the wrong customer"} by \d+@/);
  });

  it('shows why a request was rejected, and the request as it came', async () => {
    const { requestId, file } = await world.request({ documents: [{ source: 'file:missing.pdf' }] });
    await world.run(['start', file, '--wait']);
    const audit = await auditOf(requestId);
    expect(audit).toMatchObject({
      state: 'rejected',
      sessionId: null,
      request: { documents: [{ source: 'file:missing.pdf' }] },
    });
    expect(audit.endReason).toContain('missing.pdf');
  });

  it('shows a request that is nothing but noise as it came', async () => {
    const requestId = 'noise';
    const noise = { requestId, '\u001b[2J': ['‮', null], documents: [{}, 7] };
    const start = { taskQueue: 'signing', workflowId: `signing-${requestId}`, args: [noise] };
    await client.workflow.execute('signingSession', start).catch(() => undefined);
    const { json, report } = await evidence(requestId);
    expect(JSON.parse(json)).toMatchObject({ state: 'rejected', request: noise });
    expect(report).not.toContain('\u001b');
  });

  it('keeps to the first signing where somebody starts its id once more, and shows that too', async () => {
    const { requestId, sessionId, file } = await world.signingIn('awaiting-handover');
    world.fake.handOver(sessionId);
    world.fake.sign(sessionId);
    await world.run(['wait', requestId]);
    const input: unknown = JSON.parse(await readFile(file, 'utf8'));
    const again = { taskQueue: 'signing', workflowId: `signing-${requestId}`, args: [input] };
    await client.workflow.execute('signingSession', again).catch(() => undefined);
    const audit = await auditOf(requestId);
    expect(audit).toMatchObject({ state: 'completed', sessionId });
    expect(audit.documents).toMatchObject([{ status: 'FINISHED' }]);
    expect(audit.runs.map(({ end }) => end)).toEqual(['completed', 'rejected']);
    expect(decisionsIn(audit)).toHaveLength(2);
  });

  it('--output writes what is printed, for its owner alone, and again the same once the worker is gone', async () => {
    const { requestId, sessionId } = await world.signingIn('awaiting-handover');
    world.fake.handOver(sessionId);
    world.fake.sign(sessionId);
    await world.run(['wait', requestId]);
    const { json, report } = await evidence(requestId);
    for (const value of PERSONAL) expect(report).toContain(value);
    await worker.stop();
    const folder = join(await mkdtemp(join(world.folder, 'evidence-')), 'of', 'this');
    const names = [`signing-${requestId}.json`, `signing-${requestId}.txt`];
    for (const run of ['first', 'second']) {
      const answer = await world.run(['audit', requestId, '--output', folder]);
      const files = names.map((name) => join(folder, name));
      expect({ run, ...answer }).toEqual({
        run,
        code: 0,
        stdout: `Wrote ${files.join(' and ')}.\n`,
        stderr: '',
      });
      expect((await readdir(folder)).sort()).toEqual(names);
      expect(await Promise.all(files.map((file) => readFile(file, 'utf8')))).toEqual([json, report]);
      expect(await Promise.all(files.map(async (file) => (await stat(file)).mode & 0o777))).toEqual([
        0o600, 0o600,
      ]);
    }
  });

  it('ends with 2 where the folder cannot be written to', async () => {
    const { requestId } = await world.request();
    const inTheWay = join(world.folder, 'a-file');
    await writeFile(inTheWay, '');
    await world.signings.start({ ...REQUEST, requestId });
    await handleOf(requestId).terminate();
    const answer = await world.run(['audit', requestId, '--output', inTheWay, '--json']);
    expect(answer).toMatchObject({ code: 2, stderr: '' });
    expect(errorOf(answer)).toEqual({
      type: 'UnwritableError',
      message: `The evidence cannot be written to ${inTheWay} (EEXIST).`,
    });
  });

  it('ends with 4 for a signing that does not exist', async () => {
    const answer = await world.run(['audit', 'nobody']);
    expect(answer).toEqual({
      code: 4,
      stdout: '',
      stderr: 'There is no signing with the requestId nobody.\n',
    });
  });
});

describe('audit of an encrypted session', () => {
  const keys = { SIGNING_PAYLOAD_KEYS: `k1:${freshKey()}` };
  let requestId: string;
  beforeAll(async () => {
    await world.startWorker(keys);
    world.fake.faults.add({ call: 'initiate', status: 401 });
    const request = await world.request();
    requestId = request.requestId;
    const asked = await world.run(['start', request.file, '--stop-at-attention', '--json'], { env: keys });
    const { attention } = jsonOf(asked) as SigningStatus;
    const question = ['--attention-id', attention?.id ?? ''];
    await world.run(['resolve', requestId, 'abort', ...question, '--reason', 'a mistake'], { env: keys });
  });

  it('says with the keys what it says of any other', async () => {
    const answer = await world.run(['audit', requestId, '--json'], { env: keys });
    expect(answer).toMatchObject({ code: 0, stderr: '' });
    const audit = jsonOf(answer) as SigningAudit;
    expect(audit).toMatchObject({ state: 'cancelled', request: { participants: REQUEST.participants } });
    const failures = audit.timeline.flatMap((entry) => (entry.kind === 'call' ? (entry.failure ?? []) : []));
    expect(failures).toEqual([
      {
        type: 'Refused',
        message: expect.stringContaining('initiate: flexperto refused with status 401') as string,
        status: 401,
      },
    ]);
    expect(await world.run(['audit', requestId, '--json'], { env: keys })).toEqual(answer);
  });

  it('ends without them with 2 and the key that is missing', async () => {
    expect(await world.run(['audit', requestId])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'A payload is encrypted with the key k1, which SIGNING_PAYLOAD_KEYS does not hold here.\n',
    });
  });
});
