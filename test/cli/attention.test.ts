import type { SigningStatus } from '../../src/domain/status.js';
import { errorOf, jsonOf } from './cli.js';
import { createCliWorld, type CliWorld } from './cli-world.js';

let world: CliWorld;
beforeAll(async () => {
  world = await createCliWorld();
  // No poll comes by itself: what is seen was asked for by check.
  await world.startWorker({ SIGNING_POLL_SECONDS: '3600' });
});
afterEach(() => {
  world.fake.faults.clear();
  world.fake.settings.list = true;
});
afterAll(() => world.close());

/** The answer leaves it open whether the call had its effect, which it had: a retry is possible at once. */
const answeredUnclearly = (): void => {
  world.fake.faults.clear();
  world.fake.faults.add({ call: 'initiate', status: 500, effect: true });
};
const initiated = (): number => world.fake.ledger.effects('session-initiated').length;

describe('a signing that needs attention after an unclear initiate', () => {
  beforeEach(() => {
    world.fake.faults.add({ call: 'initiate', reset: 'after' });
  });

  it('shows why, what to look at and the exact commands, and goes on once one was given', async () => {
    const { requestId, file } = await world.request();
    const waiting = world.start(['start', file, '--wait']);
    await waiting.shows('--reason');
    const sessions = initiated();
    const sessionId = world.fake.sessions().at(-1)?.id ?? 0;
    const question = await world.question(requestId);
    const adopt = ['resolve', requestId, 'adopt', ...question, '--session-id', String(sessionId)];
    expect(await world.run(adopt)).toMatchObject({
      code: 0,
      stdout: `The signing ${requestId} goes on: initiating.\n`,
      stderr: '',
    });
    await waiting.shows('awaiting-handover');
    waiting.child.kill('SIGINT');
    const { stdout } = await waiting.answer;
    expect(stdout.split('\n').map((line) => line.trim())).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Why: initiate: the connection failed/),
        'What to do: Look into the flexperto Dashboard whether the contract session exists.',
        'If it does not exist, to create it:',
        `signing resolve ${requestId} retry ${question.join(' ')}`,
        'If it exists, to go on with it:',
        `signing resolve ${requestId} adopt ${question.join(' ')} --session-id NUMBER`,
        'To give up, while what exists at flexperto stays there:',
        `signing resolve ${requestId} abort ${question.join(' ')} --reason "…"`,
      ]),
    );
    expect(initiated()).toBe(sessions);
    expect(await world.signings.status(requestId)).toMatchObject({ sessionId, attention: null });
  });

  it('ends the wait with 14 where that was asked for', async () => {
    const { requestId, file } = await world.request();
    const answer = await world.run(['start', file, '--stop-at-attention', '--json']);
    expect(answer.code).toBe(14);
    expect(jsonOf(answer)).toMatchObject({
      requestId,
      state: 'needs-attention',
      attention: { step: 'initiate' },
    });
    expect(await world.run(['wait', requestId, '--stop-at-attention'])).toMatchObject({
      code: 14,
      stderr: '',
    });
  });

  it('can be retried, which sends it once more and no more', async () => {
    answeredUnclearly();
    const { requestId } = await world.signingIn('needs-attention');
    const before = initiated();
    const question = await world.question(requestId);
    const answer = await world.run(['resolve', requestId, 'retry', ...question, '--json']);
    expect(answer).toMatchObject({ code: 0, stderr: '' });
    expect(jsonOf(answer)).toMatchObject({ requestId, attention: null });
    expect(await world.run(['resolve', requestId, 'retry', ...question])).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(await world.run(['resolve', requestId, 'abort', ...question, '--reason', 'no'])).toEqual({
      code: 5,
      stdout: '',
      stderr: `The question ${question[1]} is already answered, with retry; nothing was changed.\n`,
    });
    const waiting = world.start(['wait', requestId]);
    await waiting.shows('awaiting-handover');
    expect(initiated()).toBe(before + 1);
  });

  it('takes the same decision of two people as one, and never as the answer to the next question', async () => {
    answeredUnclearly();
    const { requestId } = await world.signingIn('needs-attention');
    const before = initiated();
    // The next initiate is unclear as well.
    answeredUnclearly();
    const retry = ['resolve', requestId, 'retry', ...(await world.question(requestId))];
    await Promise.all([world.run(retry), world.run(retry)]);
    expect(await world.run(['wait', requestId, '--stop-at-attention'])).toMatchObject({ code: 14 });
    // Its answer was lost, or a second employee has looked at the question before.
    expect(await world.run(retry)).toMatchObject({ code: 0 });
    expect((await world.signings.status(requestId)).state).toBe('needs-attention');
    expect(initiated()).toBe(before + 1);
  });

  it('cannot be retried before the call has had its time, nor without the question that was shown', async () => {
    const { requestId } = await world.signingIn('needs-attention');
    const before = initiated();
    const early = await world.run(['resolve', requestId, 'retry', ...(await world.question(requestId))]);
    expect(early).toMatchObject({ code: 5, stdout: '' });
    expect(early.stderr).toMatch(
      /^Too early for a retry: .* send retry from \S+ \S+ UTC on; adopt and abort are possible now\.\n$/,
    );
    const older = await world.run(['resolve', requestId, 'retry', '--attention-id', 'initiate-1']);
    expect(older).toMatchObject({ code: 5, stdout: '' });
    expect(older.stderr).toMatch(/^This decision is about another question than the open one\./);
    expect(await world.run(['resolve', requestId, 'retry'])).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(`signing status ${requestId}`) as string,
    });
    expect(initiated()).toBe(before);
  });

  it('can be aborted, which whoever waits is told with 13 and the reason', async () => {
    const { requestId } = await world.signingIn('needs-attention');
    const waiting = world.start(['wait', requestId]);
    await waiting.shows('needs-attention');
    const question = await world.question(requestId);
    const abort = ['resolve', requestId, 'abort', ...question, '--reason', 'The customer called'];
    const done = {
      code: 0,
      stdout: `The signing ${requestId} was aborted; what exists at flexperto stays there.\n`,
      stderr: '',
    };
    expect(await world.run(abort)).toEqual(done);
    const { code, stdout } = await waiting.answer;
    expect(code).toBe(13);
    expect(stdout).toContain('Why: Aborted by a human: The customer called.');
    expect(await world.run(abort)).toEqual(done);
    expect(await world.run(['resolve', requestId, 'retry', ...question])).toMatchObject({ code: 5 });
  });

  it('refuses with 5 and the workflow’s own words what is not possible', async () => {
    const { requestId } = await world.signingIn('needs-attention');
    const question = await world.question(requestId);
    const answer = await world.run(['resolve', requestId, 'adopt', ...question, '--json']);
    expect(answer).toMatchObject({ code: 5, stderr: '' });
    expect(errorOf(answer)).toEqual({
      type: 'NotPossibleError',
      message:
        'To adopt, name the contract session that the Dashboard shows: ' +
        `{"attentionId":"${question[1]}","action":"adopt","sessionId":13}.`,
    });
  });
});

it('after a refused call the advice is to put it right', async () => {
  world.fake.faults.add({ call: 'initiate', status: 401 });
  const { requestId } = await world.signingIn('needs-attention');
  const question = (await world.question(requestId)).join(' ');
  const { code, stdout } = await world.run(['status', requestId]);
  expect(code).toBe(0);
  expect(stdout).toContain('What to do: Put right what is named above.\n');
  expect(stdout).toContain(
    `  Once it is put right, to go on:\n    signing resolve ${requestId} retry ${question}\n`,
  );
  expect(stdout).not.toContain('adopt');
});

it('check makes the worker look at once', async () => {
  const { requestId, sessionId } = await world.signingIn('awaiting-handover');
  const waiting = world.start(['wait', requestId]);
  await waiting.shows('awaiting-handover');
  world.fake.handOver(sessionId);
  expect(await world.run(['check', requestId, '--json'])).toMatchObject({ code: 0, stderr: '' });
  await waiting.shows('awaiting-signature');
});

describe('record-outcome', () => {
  it('ends a signing of a tenant without the list call', async () => {
    world.fake.settings.list = false;
    const { requestId } = await world.signingIn('awaiting-handover');
    const answer = await world.run(['record-outcome', requestId, 'failed', '--reason', 'Wrong passport']);
    expect(answer).toEqual({
      code: 0,
      stdout: `Recorded that the signing ${requestId} has ended as failed.\n`,
      stderr: '',
    });
    const { code, stdout } = await world.run(['wait', requestId, '--json']);
    expect(code).toBe(10);
    expect((JSON.parse(stdout) as SigningStatus).documents[0]?.failureReason).toBe('Wrong passport');
  });

  it('is refused with 5 where flexperto can tell', async () => {
    const { requestId } = await world.signingIn('awaiting-handover');
    const answer = await world.run(['record-outcome', requestId, 'completed']);
    expect(answer).toMatchObject({ code: 5, stdout: '' });
    expect(answer.stderr).toContain('The list call of this tenant works');
  });
});
