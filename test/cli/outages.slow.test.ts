import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TemporalServer, startTemporalServer } from '../../scripts/processes/temporal-server.js';
import { type CliEnvironment, createCliEnvironment } from '../support/cli-environment.js';
import { parseError, parseJson } from '../support/run-cli.js';

let folder = '';
let environment: CliEnvironment;
let restarted: TemporalServer | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signing-unanswered-'));
  environment = await createCliEnvironment({ dbFile: join(folder, 'temporal.db') });
});
afterAll(async () => {
  await environment.close();
  await restarted?.stop();
  await rm(folder, { recursive: true, force: true });
});

// These tests build on each other: first no worker has ever run on the server, then one has stopped.
let requestId = '';

it('a start needs no worker, even if none has ever run', async () => {
  const request = await environment.writeRequest();
  requestId = request.requestId;
  const answer = await environment.run(['start', request.file, '--json']);
  expect(answer).toMatchObject({ code: 0, stderr: '' });
  expect(parseJson(answer)).toMatchObject({ requestId, created: true });
});

it('list shows it, and a filter finds nothing instead of failing', async () => {
  expect((await environment.run(['list'])).stdout).toContain(`${requestId}  not started yet`);
  expect(await environment.run(['list', '--state', 'completed'])).toEqual({
    code: 0,
    stdout: 'No signing was found.\n',
    stderr: '',
  });
});

it('a command that needs a worker ends with 6 within seconds, and says that the signing is safe', async () => {
  const commands = [
    ['status', requestId],
    ['resolve', requestId, 'retry', '--attention-id', 'initiate-1'],
    ['record-outcome', requestId, 'failed'],
  ];
  const answers = await Promise.all(commands.map((command) => environment.run([...command, '--json'])));
  for (const answer of answers) {
    expect(answer).toMatchObject({ code: 6, stderr: '' });
    expect(parseError(answer)).toEqual({
      type: 'NoWorkerError',
      message: 'No worker answered: is one running on the task queue signing? The signing itself is safe.',
    });
  }
});

it('wait warns that no worker has answered; Ctrl-C ends the wait with 130 and not the signing', async () => {
  const waiting = environment.start(['wait', requestId]);
  await waiting.waitForOutput('No worker has answered yet: is one running on the task queue signing?');
  waiting.child.kill('SIGINT');
  const { code, stdout, stderr } = await waiting.result;
  expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
  expect(stderr.trimEnd().split('\n').at(-1)).toBe(
    'The wait was interrupted, but the signing continues. ' +
      `To see it again: "signing wait ${requestId}" or "signing status ${requestId}".`,
  );

  const answered = environment.start(['wait', requestId, '--json']);
  await answered.waitForOutput('No worker has answered yet');
  answered.child.kill('SIGTERM');
  const answer = await answered.result;
  expect(answer.code).toBe(130);
  expect(parseError(answer).type).toBe('InterruptedError');
});

it('a wait continues after the server is killed and restarted', async () => {
  const worker = await environment.startWorker();
  const waiting = environment.start(['wait', requestId]);
  await waiting.waitForOutput('awaiting-handover');
  const port = Number(environment.server.address.split(':')[1]);
  environment.server.kill();
  await environment.server.stop();
  await waiting.waitForOutput('No Temporal server answers at the moment; still trying.');
  restarted = await startTemporalServer({ dbFile: join(folder, 'temporal.db'), port });
  await waiting.waitForOutput('Connection restored.');
  const [session] = environment.fake.sessions();
  environment.fake.handOver(session?.id ?? 0);
  environment.fake.sign(session?.id ?? 0);
  const { code, stdout } = await waiting.result;
  expect(code).toBe(0);
  expect(stdout).toContain('completed           All signatures have been given.');
  await worker.stop();
});

it('the status of an ended signing needs no worker', async () => {
  const answer = await environment.run(['status', requestId, '--json']);
  expect(answer).toMatchObject({ code: 0, stderr: '' });
  expect(parseJson(answer)).toMatchObject({ requestId, state: 'completed' });
});
