import type { SigningStatus } from '../../../src/domain/status.js';
import { parseError, parseJson } from '../../support/run-cli.js';
import { createCliEnvironment, type CliEnvironment } from '../../support/cli-environment.js';

let environment: CliEnvironment;
beforeAll(async () => {
  environment = await createCliEnvironment();
  // No poll comes by itself: what is seen was asked for by check.
  await environment.startWorker({ SIGNING_POLL_SECONDS: '3600' });
});
afterEach(() => {
  environment.fake.faults.clear();
  environment.fake.settings.list = true;
});
afterAll(() => environment.close());

/** The answer leaves it open whether the call had its effect, which it had: a retry is possible at once. */
const injectUnknownOutcome = (): void => {
  environment.fake.faults.clear();
  environment.fake.faults.add({ call: 'initiate', status: 500, effect: true });
};
const countInitiated = (): number => environment.fake.ledger.effects('session-initiated').length;

describe('a signing that needs attention after an unclear initiate', () => {
  beforeEach(() => {
    environment.fake.faults.add({ call: 'initiate', reset: 'after' });
  });

  it('shows why, what to look at and the exact commands, and goes on once one was given', async () => {
    const { requestId, file } = await environment.writeRequest();
    const waiting = environment.start(['start', file, '--wait']);
    await waiting.waitForOutput('--reason');
    const sessions = countInitiated();
    const sessionId = environment.fake.sessions().at(-1)?.id ?? 0;
    const question = await environment.attentionOptions(requestId);
    const adopt = ['resolve', requestId, 'adopt', ...question, '--session-id', String(sessionId)];
    expect(await environment.run(adopt)).toMatchObject({
      code: 0,
      stdout: `The signing ${requestId} goes on: initiating.\n`,
      stderr: '',
    });
    await waiting.waitForOutput('awaiting-handover');
    waiting.child.kill('SIGINT');
    const { stdout } = await waiting.result;
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
    expect(countInitiated()).toBe(sessions);
    expect(await environment.signings.status(requestId)).toMatchObject({ sessionId, attention: null });
  });

  it('ends the wait with 14 where that was asked for', async () => {
    const { requestId, file } = await environment.writeRequest();
    const answer = await environment.run(['start', file, '--stop-at-attention', '--json']);
    expect(answer.code).toBe(14);
    expect(parseJson(answer)).toMatchObject({
      requestId,
      state: 'needs-attention',
      attention: { step: 'initiate' },
    });
    expect(await environment.run(['wait', requestId, '--stop-at-attention'])).toMatchObject({
      code: 14,
      stderr: '',
    });
  });

  it('can be retried, which sends it once more and no more', async () => {
    injectUnknownOutcome();
    const { requestId } = await environment.startSigningIn('needs-attention');
    const before = countInitiated();
    const question = await environment.attentionOptions(requestId);
    const answer = await environment.run(['resolve', requestId, 'retry', ...question, '--json']);
    expect(answer).toMatchObject({ code: 0, stderr: '' });
    expect(parseJson(answer)).toMatchObject({ requestId, attention: null });
    expect(await environment.run(['resolve', requestId, 'retry', ...question])).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(await environment.run(['resolve', requestId, 'abort', ...question, '--reason', 'no'])).toEqual({
      code: 5,
      stdout: '',
      stderr: `The question ${question[1]} is already answered, with retry; nothing was changed.\n`,
    });
    const waiting = environment.start(['wait', requestId]);
    await waiting.waitForOutput('awaiting-handover');
    expect(countInitiated()).toBe(before + 1);
  });

  it('takes the same decision of two people as one, and never as the answer to the next question', async () => {
    injectUnknownOutcome();
    const { requestId } = await environment.startSigningIn('needs-attention');
    const before = countInitiated();
    // The next initiate is unclear as well.
    injectUnknownOutcome();
    const retry = ['resolve', requestId, 'retry', ...(await environment.attentionOptions(requestId))];
    await Promise.all([environment.run(retry), environment.run(retry)]);
    expect(await environment.run(['wait', requestId, '--stop-at-attention'])).toMatchObject({ code: 14 });
    // Its answer was lost, or a second employee has looked at the question before.
    expect(await environment.run(retry)).toMatchObject({ code: 0 });
    expect((await environment.signings.status(requestId)).state).toBe('needs-attention');
    expect(countInitiated()).toBe(before + 1);
  });

  it('cannot be retried before the call has had its time, nor without the question that was shown', async () => {
    const { requestId } = await environment.startSigningIn('needs-attention');
    const before = countInitiated();
    const early = await environment.run([
      'resolve',
      requestId,
      'retry',
      ...(await environment.attentionOptions(requestId)),
    ]);
    expect(early).toMatchObject({ code: 5, stdout: '' });
    expect(early.stderr).toMatch(
      /^Too early for a retry: .* send retry from \S+ \S+ UTC on; adopt and abort are possible now\.\n$/,
    );
    const older = await environment.run(['resolve', requestId, 'retry', '--attention-id', 'initiate-1']);
    expect(older).toMatchObject({ code: 5, stdout: '' });
    expect(older.stderr).toMatch(/^This decision is about another question than the open one\./);
    expect(await environment.run(['resolve', requestId, 'retry'])).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(`signing status ${requestId}`) as string,
    });
    expect(countInitiated()).toBe(before);
  });

  it('can be aborted, which whoever waits is told with 13 and the reason', async () => {
    const { requestId } = await environment.startSigningIn('needs-attention');
    const waiting = environment.start(['wait', requestId]);
    await waiting.waitForOutput('needs-attention');
    const question = await environment.attentionOptions(requestId);
    const abort = ['resolve', requestId, 'abort', ...question, '--reason', 'The customer called'];
    const done = {
      code: 0,
      stdout: `The signing ${requestId} was aborted; what exists at flexperto stays there.\n`,
      stderr: '',
    };
    expect(await environment.run(abort)).toEqual(done);
    const { code, stdout } = await waiting.result;
    expect(code).toBe(13);
    expect(stdout).toContain('Why: Aborted by a person: The customer called.');
    expect(await environment.run(abort)).toEqual(done);
    expect(await environment.run(['resolve', requestId, 'retry', ...question])).toMatchObject({ code: 5 });
  });

  it('refuses with 5 and the workflow’s own words what is not possible', async () => {
    const { requestId } = await environment.startSigningIn('needs-attention');
    const question = await environment.attentionOptions(requestId);
    const answer = await environment.run(['resolve', requestId, 'adopt', ...question, '--json']);
    expect(answer).toMatchObject({ code: 5, stderr: '' });
    expect(parseError(answer)).toEqual({
      type: 'NotPossibleError',
      message:
        'To adopt, name the contract session that the Dashboard shows: ' +
        `{"attentionId":"${question[1]}","action":"adopt","sessionId":13}.`,
    });
  });
});

it('after a refused call the advice is to put it right', async () => {
  environment.fake.faults.add({ call: 'initiate', status: 401 });
  const { requestId } = await environment.startSigningIn('needs-attention');
  const question = (await environment.attentionOptions(requestId)).join(' ');
  const { code, stdout } = await environment.run(['status', requestId]);
  expect(code).toBe(0);
  expect(stdout).toContain('What to do: Put right what is named above.\n');
  expect(stdout).toContain(
    `  Once it is put right, to go on:\n    signing resolve ${requestId} retry ${question}\n`,
  );
  expect(stdout).not.toContain('adopt');
});

it('check makes the worker look at once', async () => {
  const { requestId, sessionId } = await environment.startSigningIn('awaiting-handover');
  const waiting = environment.start(['wait', requestId]);
  await waiting.waitForOutput('awaiting-handover');
  environment.fake.handOver(sessionId);
  expect(await environment.run(['check', requestId, '--json'])).toMatchObject({ code: 0, stderr: '' });
  await waiting.waitForOutput('awaiting-signature');
});

describe('record-outcome', () => {
  it('ends a signing of a tenant without the list call', async () => {
    environment.fake.settings.list = false;
    const { requestId } = await environment.startSigningIn('awaiting-handover');
    const answer = await environment.run([
      'record-outcome',
      requestId,
      'failed',
      '--reason',
      'Wrong passport',
    ]);
    expect(answer).toEqual({
      code: 0,
      stdout: `Recorded that the signing ${requestId} has ended as failed.\n`,
      stderr: '',
    });
    const { code, stdout } = await environment.run(['wait', requestId, '--json']);
    expect(code).toBe(10);
    expect((JSON.parse(stdout) as SigningStatus).documents[0]?.failureReason).toBe('Wrong passport');
  });

  it('is refused with 5 where flexperto can tell', async () => {
    const { requestId } = await environment.startSigningIn('awaiting-handover');
    const answer = await environment.run(['record-outcome', requestId, 'completed']);
    expect(answer).toMatchObject({ code: 5, stdout: '' });
    expect(answer.stderr).toContain('The list call of this tenant works');
  });
});
