import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { mkdtemp, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { SigningAudit } from '../../../src/client/index.js';
import type { SigningStatus } from '../../../src/domain/status.js';
import { waitUntil } from '../../support/async-helpers.js';
import {
  type CliEnvironment,
  type WorkerProcess,
  createCliEnvironment,
} from '../../support/cli-environment.js';
import { generatePayloadKey } from '../../support/encrypted-client.js';
import { REQUEST } from '../../support/requests.js';
import { parseError, parseJson } from '../../support/run-cli.js';

const ME = `cli/${userInfo().username}`;
const PERSONAL = Object.values(REQUEST.participants[0] ?? {});

let environment: CliEnvironment;
let connection: Connection;
let client: Client;
beforeAll(async () => {
  environment = await createCliEnvironment();
  connection = await Connection.connect({ address: environment.server.address });
  client = new Client({ connection });
});
afterAll(async () => {
  await connection.close();
  await environment.close();
});

const getHandle = (requestId: string): WorkflowHandle => client.workflow.getHandle(`signing-${requestId}`);

/** Both formats as printed. */
async function readEvidence(requestId: string): Promise<{ json: string; report: string }> {
  const [json, report] = await Promise.all([
    environment.run(['audit', requestId, '--json']),
    environment.run(['audit', requestId]),
  ]);
  expect([json, report]).toMatchObject([
    { code: 0, stderr: '' },
    { code: 0, stderr: '' },
  ]);
  return { json: json.stdout, report: report.stdout };
}

const readAudit = async (requestId: string): Promise<SigningAudit> =>
  JSON.parse((await readEvidence(requestId)).json) as SigningAudit;

const listDecisions = ({ timeline }: SigningAudit): string[] =>
  timeline.flatMap((entry) =>
    entry.kind === 'decision'
      ? `${entry.decision} ${JSON.stringify(entry.content)} by ${entry.by ?? ''}`
      : [],
  );

describe('audit', () => {
  let worker: WorkerProcess;
  beforeAll(async () => {
    worker = await environment.startWorker();
  });

  it('gives the same bytes while an open signing polls, and names who started it', async () => {
    const { requestId, file } = await environment.writeRequest();
    await environment.run(['start', file]);
    await waitUntil(
      'it waits',
      async () => (await environment.signings.status(requestId)).state === 'awaiting-handover',
    );
    const attempt = async (): Promise<number> =>
      (await getHandle(requestId).describe()).raw.pendingActivities?.[0]?.attempt ?? 0;
    await waitUntil('it polls', async () => (await attempt()) > 1);
    const before = await readEvidence(requestId);
    const polls = await attempt();
    await waitUntil('it has polled on', async () => (await attempt()) > polls + 1);
    expect(await readEvidence(requestId)).toEqual(before);
    expect(JSON.parse(before.json)).toMatchObject({
      state: 'awaiting-handover',
      startedBy: ME,
      endedAt: null,
      request: { employeeId: '45' },
    });
    expect(before.report).toContain(` by ${ME}\n`);
  });

  it('names each decision made in a terminal, and the user who made it', async () => {
    environment.fake.faults.add({ call: 'initiate', status: 500 });
    const { requestId } = await environment.startSigningIn('needs-attention');
    await environment.run(['check', requestId]);
    const attentionOption = await environment.attentionOptions(requestId);
    await environment.run(['resolve', requestId, 'retry', ...attentionOption]);
    await waitUntil(
      'it waits',
      async () => (await environment.signings.status(requestId)).state === 'awaiting-handover',
    );
    await environment.run(['cancel', requestId]);
    await environment.run(['wait', requestId]);
    const audit = await readAudit(requestId);
    expect(audit.state).toBe('cancelled');
    expect(listDecisions(audit).slice(1)).toEqual([
      `signal checkNow null by ${ME}`,
      `resolve {"attentionId":"${attentionOption[1]}","action":"retry"} by ${ME}`,
      `cancel null by ${ME}`,
    ]);
  });

  it('shows who terminated a signing, and why', async () => {
    const { requestId } = await environment.startSigningIn('awaiting-handover');
    await getHandle(requestId).terminate('sent to the wrong customer');
    const audit = await readAudit(requestId);
    expect(audit).toMatchObject({ state: 'terminated', endReason: 'sent to the wrong customer' });
    expect(audit.endedAt).not.toBeNull();
    expect(listDecisions(audit).at(-1)).toMatch(/^terminate {"reason":"sent to the wrong customer"} by \d+@/);
  });

  it('shows why a request was rejected, and the request as it was received', async () => {
    const { requestId, file } = await environment.writeRequest({
      documents: [{ source: 'file:missing.pdf' }],
    });
    await environment.run(['start', file, '--wait']);
    const audit = await readAudit(requestId);
    expect(audit).toMatchObject({
      state: 'rejected',
      sessionId: null,
      request: { documents: [{ source: 'file:missing.pdf' }] },
    });
    expect(audit.endReason).toContain('missing.pdf');
  });

  it('shows an arbitrary value instead of a request as it was received', async () => {
    const requestId = 'noise';
    const noise = { requestId, '\u001b[2J': ['‮', null], documents: [{}, 7] };
    const start = { taskQueue: 'signing', workflowId: `signing-${requestId}`, args: [noise] };
    await client.workflow.execute('signingSession', start).catch(() => undefined);
    const { json, report } = await readEvidence(requestId);
    expect(JSON.parse(json)).toMatchObject({ state: 'rejected', request: noise });
    expect(report).not.toContain('\u001b');
  });

  it('describes the first signing if its id is started again, and shows that start', async () => {
    const { requestId, sessionId, file } = await environment.startSigningIn('awaiting-handover');
    environment.fake.handOver(sessionId);
    environment.fake.sign(sessionId);
    await environment.run(['wait', requestId]);
    const input: unknown = JSON.parse(await readFile(file, 'utf8'));
    const again = { taskQueue: 'signing', workflowId: `signing-${requestId}`, args: [input] };
    await client.workflow.execute('signingSession', again).catch(() => undefined);
    const audit = await readAudit(requestId);
    expect(audit).toMatchObject({ state: 'completed', sessionId });
    expect(audit.documents).toMatchObject([{ status: 'FINISHED' }]);
    expect(audit.runs.map(({ end }) => end)).toEqual(['completed', 'rejected']);
    expect(listDecisions(audit)).toHaveLength(2);
  });

  it('--output writes the same content, readable by its owner only, even without a worker', async () => {
    const { requestId, sessionId } = await environment.startSigningIn('awaiting-handover');
    environment.fake.handOver(sessionId);
    environment.fake.sign(sessionId);
    await environment.run(['wait', requestId]);
    const { json, report } = await readEvidence(requestId);
    for (const value of PERSONAL) expect(report).toContain(value);
    await worker.stop();
    const folder = join(await mkdtemp(join(environment.folder, 'evidence-')), 'of', 'this');
    const names = [`signing-${requestId}.json`, `signing-${requestId}.txt`];
    for (const run of ['first', 'second']) {
      const answer = await environment.run(['audit', requestId, '--output', folder]);
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

  it('ends with 2 if the folder is not writable', async () => {
    const { requestId } = await environment.writeRequest();
    const existingFile = join(environment.folder, 'a-file');
    await writeFile(existingFile, '');
    await environment.signings.start({ ...REQUEST, requestId });
    await getHandle(requestId).terminate();
    const answer = await environment.run(['audit', requestId, '--output', existingFile, '--json']);
    expect(answer).toMatchObject({ code: 2, stderr: '' });
    expect(parseError(answer)).toEqual({
      type: 'UnwritableError',
      message: `The evidence cannot be written to ${existingFile} (EEXIST).`,
    });
  });

  it('ends with 4 for a signing that does not exist', async () => {
    const answer = await environment.run(['audit', 'nobody']);
    expect(answer).toEqual({
      code: 4,
      stdout: '',
      stderr: 'There is no signing with the requestId nobody.\n',
    });
  });
});

describe('audit of an encrypted signing', () => {
  const keys = { SIGNING_PAYLOAD_KEYS: `k1:${generatePayloadKey()}` };
  let requestId: string;
  beforeAll(async () => {
    await environment.startWorker(keys);
    environment.fake.faults.add({ call: 'initiate', status: 401 });
    const request = await environment.writeRequest();
    requestId = request.requestId;
    const asked = await environment.run(['start', request.file, '--stop-at-attention', '--json'], {
      env: keys,
    });
    const { attention } = parseJson(asked) as SigningStatus;
    const attentionOption = ['--attention-id', attention?.id ?? ''];
    await environment.run(['resolve', requestId, 'abort', ...attentionOption, '--reason', 'a mistake'], {
      env: keys,
    });
  });

  it('shows with the keys what it shows of any other signing', async () => {
    const answer = await environment.run(['audit', requestId, '--json'], { env: keys });
    expect(answer).toMatchObject({ code: 0, stderr: '' });
    const audit = parseJson(answer) as SigningAudit;
    expect(audit).toMatchObject({ state: 'cancelled', request: { participants: REQUEST.participants } });
    const failures = audit.timeline.flatMap((entry) => (entry.kind === 'call' ? (entry.failure ?? []) : []));
    expect(failures).toEqual([
      {
        type: 'Refused',
        message: expect.stringContaining('initiate: flexperto refused with status 401') as string,
        status: 401,
      },
    ]);
    expect(await environment.run(['audit', requestId, '--json'], { env: keys })).toEqual(answer);
  });

  it('ends with 2 without the keys, and names the missing key', async () => {
    expect(await environment.run(['audit', requestId])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'A payload is encrypted with the key k1, which SIGNING_PAYLOAD_KEYS does not hold here.\n',
    });
  });
});
