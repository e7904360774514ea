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

const initiated = (): number => world.fake.ledger.effects('session-initiated').length;

describe('a signing that needs attention after an unclear initiate', () => {
  beforeEach(() => {
    world.fake.faults.add({ call: 'initiate', reset: 'after' });
  });

  it('shows why, what to look at and the exact commands, and goes on once one was given', async () => {
    const { requestId, file } = await world.request();
    const waiting = world.start(['start', file, '--wait']);
    await waiting.shows('abort --reason');
    const sessions = initiated();
    const sessionId = world.fake.sessions().at(-1)?.id ?? 0;
    const adopt = ['resolve', requestId, 'adopt', '--session-id', String(sessionId)];
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
        `signing resolve ${requestId} retry`,
        'If it exists, to go on with it:',
        `signing resolve ${requestId} adopt --session-id NUMBER`,
        'To give up, while what exists at flexperto stays there:',
        `signing resolve ${requestId} abort --reason "…"`,
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
    const { requestId } = await world.signingIn('needs-attention');
    const before = initiated();
    const answer = await world.run(['resolve', requestId, 'retry', '--json']);
    expect(answer).toMatchObject({ code: 0, stderr: '' });
    expect(jsonOf(answer)).toMatchObject({ requestId, attention: null });
    const again = await world.run(['resolve', requestId, 'retry']);
    expect(again).toEqual({
      code: 5,
      stdout: '',
      stderr: 'There is nothing to resolve: the session does not need attention.\n',
    });
    const waiting = world.start(['wait', requestId]);
    await waiting.shows('awaiting-handover');
    expect(initiated()).toBe(before + 1);
  });

  it('takes the same decision of two people as one, and never as the answer to the next question', async () => {
    const { requestId } = await world.signingIn('needs-attention');
    const before = initiated();
    // The next initiate is unclear as well, but not before both have decided.
    world.fake.faults.add({ call: 'initiate', reset: 'after', delaySeconds: 2 });
    const decide = (): Promise<SigningStatus> => world.signings.resolve(requestId, { action: 'retry' });
    await Promise.all([decide(), decide()]);
    expect(await world.run(['wait', requestId, '--stop-at-attention'])).toMatchObject({ code: 14 });
    expect(initiated()).toBe(before + 1);
  });

  it('can be aborted, which whoever waits is told with 13 and the reason', async () => {
    const { requestId } = await world.signingIn('needs-attention');
    const waiting = world.start(['wait', requestId]);
    await waiting.shows('needs-attention');
    expect(await world.run(['resolve', requestId, 'abort', '--reason', 'The customer called'])).toEqual({
      code: 0,
      stdout: `The signing ${requestId} was aborted; what exists at flexperto stays there.\n`,
      stderr: '',
    });
    const { code, stdout } = await waiting.answer;
    expect(code).toBe(13);
    expect(stdout).toContain('Why: Aborted by a human: The customer called.');
  });

  it('refuses with 5 and the workflow’s own words what is not possible', async () => {
    const { requestId } = await world.signingIn('needs-attention');
    const answer = await world.run(['resolve', requestId, 'adopt', '--json']);
    expect(answer).toMatchObject({ code: 5, stderr: '' });
    expect(errorOf(answer)).toEqual({
      type: 'NotPossibleError',
      message:
        'To adopt, name the contract session that the Dashboard shows: {"action":"adopt","sessionId":13}.',
    });
  });
});

it('after a refused call the advice is to put it right', async () => {
  world.fake.faults.add({ call: 'initiate', status: 401 });
  const { requestId } = await world.signingIn('needs-attention');
  const { code, stdout } = await world.run(['status', requestId]);
  expect(code).toBe(0);
  expect(stdout).toContain('What to do: Put right what is named above.\n');
  expect(stdout).toContain(`  Once it is put right, to go on:\n    signing resolve ${requestId} retry\n`);
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
