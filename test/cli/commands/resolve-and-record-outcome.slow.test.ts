import type { SigningStatus } from '../../../src/domain/status.js';
import { type CliEnvironment, createCliEnvironment } from '../../support/cli-environment.js';
import { parseError, parseJson } from '../../support/run-cli.js';

let environment: CliEnvironment;
beforeAll(async () => {
  environment = await createCliEnvironment();
  // Nothing polls automatically: only check triggers a poll.
  await environment.startWorker({ SIGNING_POLL_SECONDS: '3600' });
});
afterEach(() => {
  environment.fake.faults.clear();
  environment.fake.settings.list = true;
});
afterAll(() => environment.close());

/** The response does not tell whether the call took effect (it did), so a retry is possible immediately. */
const injectUnknownOutcome = (): void => {
  environment.fake.faults.clear();
  environment.fake.faults.add({ call: 'initiate', status: 500, effect: true });
};
const countInitiated = (): number => environment.fake.ledger.effects('session-initiated').length;

describe('a signing that needs attention after an initiate with unknown outcome', () => {
  beforeEach(() => {
    environment.fake.faults.add({ call: 'initiate', reset: 'after' });
  });

  it('shows the reason, what to check and the exact commands, and continues after one of them', async () => {
    const { requestId, file } = await environment.writeRequest();
    const waiting = environment.start(['start', file, '--wait']);
    await waiting.waitForOutput('--reason');
    const sessions = countInitiated();
    const sessionId = environment.fake.sessions().at(-1)?.id ?? 0;
    const attentionOption = await environment.attentionOptions(requestId);
    const adopt = ['resolve', requestId, 'adopt', ...attentionOption, '--session-id', String(sessionId)];
    expect(await environment.run(adopt)).toMatchObject({
      code: 0,
      stdout: `The signing ${requestId} continues: initiating.\n`,
      stderr: '',
    });
    await waiting.waitForOutput('awaiting-handover');
    waiting.child.kill('SIGINT');
    const { stdout } = await waiting.result;
    expect(stdout.split('\n').map((line) => line.trim())).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Why: initiate: the connection failed/),
        'What to do: Check in the flexperto Dashboard whether the contract session exists.',
        'If it does not exist, to create it:',
        `signing resolve ${requestId} retry ${attentionOption.join(' ')}`,
        'If it exists, to continue with it:',
        `signing resolve ${requestId} adopt ${attentionOption.join(' ')} --session-id NUMBER`,
        'To give up; what exists at flexperto stays there:',
        `signing resolve ${requestId} abort ${attentionOption.join(' ')} --reason "…"`,
      ]),
    );
    expect(countInitiated()).toBe(sessions);
    expect(await environment.signings.status(requestId)).toMatchObject({ sessionId, attention: null });
  });

  it('ends a wait with --stop-at-attention with 14', async () => {
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

  it('can be retried, which sends it exactly once more', async () => {
    injectUnknownOutcome();
    const { requestId } = await environment.startSigningIn('needs-attention');
    const before = countInitiated();
    const attentionOption = await environment.attentionOptions(requestId);
    const answer = await environment.run(['resolve', requestId, 'retry', ...attentionOption, '--json']);
    expect(answer).toMatchObject({ code: 0, stderr: '' });
    expect(parseJson(answer)).toMatchObject({ requestId, attention: null });
    expect(await environment.run(['resolve', requestId, 'retry', ...attentionOption])).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(
      await environment.run(['resolve', requestId, 'abort', ...attentionOption, '--reason', 'no']),
    ).toEqual({
      code: 5,
      stdout: '',
      stderr: `The attention ${attentionOption[1]} is already resolved, with retry; nothing was changed.\n`,
    });
    const waiting = environment.start(['wait', requestId]);
    await waiting.waitForOutput('awaiting-handover');
    expect(countInitiated()).toBe(before + 1);
  });

  it('accepts the same decision of two people once, and never for the next decision', async () => {
    injectUnknownOutcome();
    const { requestId } = await environment.startSigningIn('needs-attention');
    const before = countInitiated();
    // The next initiate has an unknown outcome, too.
    injectUnknownOutcome();
    const retry = ['resolve', requestId, 'retry', ...(await environment.attentionOptions(requestId))];
    await Promise.all([environment.run(retry), environment.run(retry)]);
    expect(await environment.run(['wait', requestId, '--stop-at-attention'])).toMatchObject({ code: 14 });
    // Its response was lost, or a second employee saw the same status.
    expect(await environment.run(retry)).toMatchObject({ code: 0 });
    expect((await environment.signings.status(requestId)).state).toBe('needs-attention');
    expect(countInitiated()).toBe(before + 1);
  });

  it('cannot be retried before the call has timed out, nor without its attention id', async () => {
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
    expect(older.stderr).toMatch(/^This decision answers an attention that is not open\./);
    expect(await environment.run(['resolve', requestId, 'retry'])).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(`signing status ${requestId}`) as string,
    });
    expect(countInitiated()).toBe(before);
  });

  it('can be aborted, and a waiting command ends with 13 and the reason', async () => {
    const { requestId } = await environment.startSigningIn('needs-attention');
    const waiting = environment.start(['wait', requestId]);
    await waiting.waitForOutput('needs-attention');
    const attentionOption = await environment.attentionOptions(requestId);
    const abort = ['resolve', requestId, 'abort', ...attentionOption, '--reason', 'The customer called'];
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
    expect(await environment.run(['resolve', requestId, 'retry', ...attentionOption])).toMatchObject({
      code: 5,
    });
  });

  it('rejects an impossible decision with 5 and the message of the workflow', async () => {
    const { requestId } = await environment.startSigningIn('needs-attention');
    const attentionOption = await environment.attentionOptions(requestId);
    const answer = await environment.run(['resolve', requestId, 'adopt', ...attentionOption, '--json']);
    expect(answer).toMatchObject({ code: 5, stderr: '' });
    expect(parseError(answer)).toEqual({
      type: 'NotPossibleError',
      message:
        'To adopt, name the contract session that the Dashboard shows: ' +
        `{"attentionId":"${attentionOption[1]}","action":"adopt","sessionId":13}.`,
    });
  });
});

it('the advice after a rejected call is to fix its cause', async () => {
  environment.fake.faults.add({ call: 'initiate', status: 401 });
  const { requestId } = await environment.startSigningIn('needs-attention');
  const attentionOption = (await environment.attentionOptions(requestId)).join(' ');
  const { code, stdout } = await environment.run(['status', requestId]);
  expect(code).toBe(0);
  expect(stdout).toContain('What to do: Correct the problem named above.\n');
  expect(stdout).toContain(
    `  Once it is corrected, to continue:\n    signing resolve ${requestId} retry ${attentionOption}\n`,
  );
  expect(stdout).not.toContain('adopt');
});

it('check makes the worker poll immediately', async () => {
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
      stdout: `Recorded that the signing ${requestId} ended as failed.\n`,
      stderr: '',
    });
    const { code, stdout } = await environment.run(['wait', requestId, '--json']);
    expect(code).toBe(10);
    expect((JSON.parse(stdout) as SigningStatus).documents[0]?.failureReason).toBe('Wrong passport');
  });

  it('is rejected with 5 if flexperto reports the outcome', async () => {
    const { requestId } = await environment.startSigningIn('awaiting-handover');
    const answer = await environment.run(['record-outcome', requestId, 'completed']);
    expect(answer).toMatchObject({ code: 5, stdout: '' });
    expect(answer.stderr).toContain('The list call of this tenant works');
  });
});
