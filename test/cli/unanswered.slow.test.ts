import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTemporalServer, type TemporalServer } from '../../scripts/temporal-server.js';
import { errorOf, jsonOf } from './cli.js';
import { createCliWorld, type CliWorld } from './cli-world.js';

let folder = '';
let world: CliWorld;
let restarted: TemporalServer | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signing-unanswered-'));
  world = await createCliWorld({ dbFile: join(folder, 'temporal.db') });
});
afterAll(async () => {
  await world.close();
  await restarted?.stop();
  await rm(folder, { recursive: true, force: true });
});

// The tests of this file tell one story: a server on which no worker has ever run, then one that goes away.
let requestId = '';

it('a start needs no worker, not even one that has ever been there', async () => {
  const request = await world.request();
  requestId = request.requestId;
  const answer = await world.run(['start', request.file, '--json']);
  expect(answer).toMatchObject({ code: 0, stderr: '' });
  expect(jsonOf(answer)).toMatchObject({ requestId, created: true });
});

it('list shows it all the same, and a filter finds nothing instead of failing', async () => {
  expect((await world.run(['list'])).stdout).toContain(`${requestId}  not taken up yet`);
  expect(await world.run(['list', '--state', 'completed'])).toEqual({
    code: 0,
    stdout: 'No signing was found.\n',
    stderr: '',
  });
});

it('what needs a worker ends with 6 within seconds when none answers, and says that the session is safe', async () => {
  const commands = [
    ['status', requestId],
    ['resolve', requestId, 'retry', '--attention-id', 'initiate-1'],
    ['record-outcome', requestId, 'failed'],
  ];
  const answers = await Promise.all(commands.map((command) => world.run([...command, '--json'])));
  for (const answer of answers) {
    expect(answer).toMatchObject({ code: 6, stderr: '' });
    expect(errorOf(answer)).toEqual({
      type: 'NoWorkerError',
      message: 'No worker answered: is one running on the task queue signing? The session itself is safe.',
    });
  }
});

it('who waits is told that no worker has taken it up; Ctrl-C ends the wait with 130 and not the signing', async () => {
  const waiting = world.start(['wait', requestId]);
  await waiting.shows('No worker has answered yet: is one running on the task queue signing?');
  waiting.child.kill('SIGINT');
  const { code, stdout, stderr } = await waiting.answer;
  expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
  expect(stderr.trimEnd().split('\n').at(-1)).toBe(
    'The wait was ended, but the signing goes on. ' +
      `To see it again: "signing wait ${requestId}" or "signing status ${requestId}".`,
  );

  const answered = world.start(['wait', requestId, '--json']);
  await answered.shows('No worker has answered yet');
  answered.child.kill('SIGTERM');
  const answer = await answered.answer;
  expect(answer.code).toBe(130);
  expect(errorOf(answer).type).toBe('InterruptedError');
});

it('a wait outlasts a server that is killed and comes back', async () => {
  const worker = await world.startWorker();
  const waiting = world.start(['wait', requestId]);
  await waiting.shows('awaiting-handover');
  const port = Number(world.server.address.split(':')[1]);
  world.server.kill();
  await world.server.stop();
  await waiting.shows('No Temporal server answers at the moment; still trying.');
  restarted = await startTemporalServer({ dbFile: join(folder, 'temporal.db'), port });
  await waiting.shows('It is answered again.');
  const [session] = world.fake.sessions();
  world.fake.handOver(session?.id ?? 0);
  world.fake.sign(session?.id ?? 0);
  const { code, stdout } = await waiting.answer;
  expect(code).toBe(0);
  expect(stdout).toContain('completed           All signatures have been given.');
  await worker.stop();
});

it('the status of a signing that has ended needs no worker', async () => {
  const answer = await world.run(['status', requestId, '--json']);
  expect(answer).toMatchObject({ code: 0, stderr: '' });
  expect(jsonOf(answer)).toMatchObject({ requestId, state: 'completed' });
});
