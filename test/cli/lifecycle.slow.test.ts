import { readFile, writeFile } from 'node:fs/promises';
import { OPEN_STATES, type SigningStatus } from '../../src/domain/status.js';
import { type CliEnvironment, createCliEnvironment } from '../support/cli-environment.js';
import { REQUEST } from '../support/requests.js';
import { type CommandResult, parseError, parseJson } from '../support/run-cli.js';

let environment: CliEnvironment;
beforeAll(async () => {
  environment = await createCliEnvironment();
  await environment.startWorker();
});
afterAll(() => environment.close());

const DOCUMENTS = [{ source: 'file:contract.pdf' }, { source: 'file:terms.pdf' }];
const PERSONAL = Object.values(REQUEST.participants[0] ?? {});

const parseStatus = (answer: CommandResult): SigningStatus => parseJson(answer) as SigningStatus;

describe('start --wait', () => {
  it('shows the progress of a signing until all signatures are given', async () => {
    const { requestId, file } = await environment.writeRequest({ documents: DOCUMENTS });
    const waiting = environment.start(['start', file, '--wait']);
    await waiting.waitForOutput('awaiting-handover');
    const { sessionId } = parseStatus(await environment.run(['status', requestId, '--json']));
    environment.fake.handOver(sessionId ?? 0);
    await waiting.waitForOutput('awaiting-signature');
    environment.fake.sign(sessionId ?? 0);
    const { code, stdout, stderr } = await waiting.result;

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n').map((line) => line.slice('00:00:00  '.length)); // prettier-ignore
    expect(stdout).toMatch(new RegExp(`^Started the signing ${requestId}\\.\n`));
    expect(lines).toEqual(
      expect.arrayContaining([
        `  contract session ${sessionId ?? 0}`,
        '  contract.pdf: ATTACHED',
        '  terms.pdf: ATTACHED',
        'awaiting-signature  Waiting for the customer to sign.',
        '  contract.pdf: UPLOADED',
        '  terms.pdf: UPLOADED',
      ]),
    );
    expect(lines.slice(-3)).toEqual([
      'completed           All signatures have been given.',
      '  contract.pdf: FINISHED',
      '  terms.pdf: FINISHED',
    ]);
    const states = lines.map((line) => line.split(' ')[0] ?? '').filter((word) => word !== '');
    const order = states.slice(1).map((state) => [...OPEN_STATES, 'completed'].indexOf(state));
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  it('prints only the last status as JSON on stdout, and the progress on stderr', async () => {
    const { requestId, file } = await environment.writeRequest();
    const waiting = environment.start(['start', file, '--wait', '--json']);
    await waiting.waitForOutput('awaiting-handover');
    const { sessionId } = parseStatus(await environment.run(['status', requestId, '--json']));
    environment.fake.handOver(sessionId ?? 0);
    environment.fake.sign(sessionId ?? 0);
    const answer = await waiting.result;
    expect(answer.code).toBe(0);
    expect(parseStatus(answer)).toMatchObject({ requestId, state: 'completed', sessionId, attention: null });
    expect(answer.stderr).toContain(`Started the signing ${requestId}.`);
  });

  it.each([
    ['failed', 10, 'failIdentification', 'The signing has failed.'],
    ['withdrawn', 11, 'remove', 'All documents were deleted at flexperto.'],
  ] as const)('ends with the code of the outcome: %s with %i', async (state, code, act, words) => {
    const { requestId, sessionId, file } = await environment.startSigningIn('awaiting-handover');
    environment.fake.handOver(sessionId);
    environment.fake[act](sessionId);
    const answer = await environment.run(['start', file, '--wait']);
    expect(answer).toMatchObject({ code, stderr: '' });
    expect(answer.stdout).toContain(`The signing ${requestId} was started before; nothing new was started.`);
    expect(answer.stdout).toContain(`${state.padEnd(18)}  ${words}`);
  });

  it('ends with 12 when the deadline has passed', async () => {
    const { file } = await environment.writeRequest({ deadlineDays: 2 / 86_400 });
    const answer = await environment.run(['start', file, '--wait']);
    expect(answer).toMatchObject({ code: 12, stderr: '' });
    expect(answer.stdout).toContain('The deadline has passed.');
  });

  it('ends with 3 and the reason when the worker rejects a document', async () => {
    await writeFile(`${environment.folder}/letter.pdf`, 'not a PDF');
    const { requestId, file } = await environment.writeRequest({
      documents: [{ source: 'file:letter.pdf' }],
    });
    const answer = await environment.run(['start', file, '--wait']);
    expect(answer.code).toBe(3);
    expect(answer.stderr).toMatch(/^Nothing was sent: documents\[0\] \(letter\.pdf\) .*\n$/);
    const later = await environment.run(['status', requestId, '--json']);
    expect(later.code).toBe(3);
    expect(parseError(later)).toEqual({ type: 'RequestRejectedError', message: answer.stderr.trimEnd() });
  });
});

describe('start', () => {
  it('returns without waiting, reads stdin, and names the next command', async () => {
    const { requestId, file } = await environment.writeRequest();
    const answer = await environment.run(['start', '-'], { stdin: await readFile(file) });
    expect(answer).toEqual({
      code: 0,
      stdout: `Started the signing ${requestId}.\nSee its status: signing status ${requestId}\n`,
      stderr: '',
    });
  });

  it('starts nothing new for the same request, and says so', async () => {
    const { requestId, file } = await environment.writeRequest();
    const answers = [
      await environment.run(['start', file, '--json']),
      await environment.run(['start', file, '--json']),
    ];
    expect(answers.map(({ code, stderr }) => ({ code, stderr }))).toEqual([
      { code: 0, stderr: '' },
      { code: 0, stderr: '' },
    ]);
    expect(answers.map(parseJson)).toEqual([
      { requestId, workflowId: `signing-${requestId}`, created: true },
      { requestId, workflowId: `signing-${requestId}`, created: false },
    ]);
  });

  it('ends with 5 if the requestId is in use for a different request', async () => {
    const { requestId, file } = await environment.writeRequest();
    await environment.run(['start', file]);
    const other = await environment.writeRequest({ requestId, name: 'Something else' });
    const answer = await environment.run(['start', other.file, '--json']);
    expect(answer).toMatchObject({ code: 5, stderr: '' });
    expect(parseError(answer).type).toBe('RequestConflictError');
  });

  it('ends with 3 for an invalid request, and starts nothing', async () => {
    const { requestId, file } = await environment.writeRequest({ method: 'xes', deadlineDays: -1 });
    const answer = await environment.run(['start', file]);
    expect(answer).toMatchObject({ code: 3, stdout: '' });
    expect(answer.stderr).toContain('  method must be one of aes, ves, qes\n');
    expect(await environment.run(['status', requestId])).toMatchObject({ code: 4 });
  });
});

describe('status', () => {
  it('shows the whole status on one page', async () => {
    const { requestId, sessionId } = await environment.startSigningIn('awaiting-handover', {
      documents: DOCUMENTS,
    });
    const { code, stdout, stderr } = await environment.run(['status', requestId]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`${requestId}  awaiting-handover\n`);
    expect(stdout).toContain(`  contract session  ${sessionId}\n`);
    expect(stdout).toContain('  contract.pdf  7 KB  to be signed  ATTACHED\n');
  });

  it('needs no worker after the end, and shows the whole status as JSON', async () => {
    const { requestId, sessionId } = await environment.startSigningIn('awaiting-handover');
    environment.fake.handOver(sessionId);
    environment.fake.sign(sessionId);
    await environment.run(['wait', requestId]);
    const answer = await environment.run(['status', requestId, '--json']);
    expect(answer).toMatchObject({ code: 0, stderr: '' });
    expect(Object.keys(parseStatus(answer)).sort()).toEqual([
      'attention', 'callback', 'crmRecord', 'deadline', 'documents', 'employeeId', 'method', 'name', 'requestId', 'sessionId',
      'state', 'updatedAt',
    ]); // prettier-ignore
  });

  it('--watch shows one page after another until the end', async () => {
    const { requestId, sessionId } = await environment.startSigningIn('awaiting-handover');
    const watching = environment.start(['status', requestId, '--watch']);
    await watching.waitForOutput('awaiting-handover');
    environment.fake.handOver(sessionId);
    await watching.waitForOutput('awaiting-signature');
    environment.fake.sign(sessionId);
    const { code, stdout } = await watching.result;
    expect(code).toBe(0);
    const pages = [...stdout.matchAll(new RegExp(`^${requestId} {2}(\\S+)$`, 'gm'))].map(
      ([, state]) => state,
    );
    expect(pages).toEqual(['awaiting-handover', 'awaiting-signature', 'completed']);
  });
});

it('list finds signings by state, employee and record, and says when there may be more', async () => {
  const here = { employeeId: 'e"4\'5', crmRecord: 'opportunity/\\"1\'%' };
  const { requestId } = await environment.startSigningIn('awaiting-handover', here);
  const filter = [
    '--employee',
    here.employeeId,
    '--crm-record',
    here.crmRecord,
    '--state',
    'awaiting-handover',
  ];
  const found = await waitUntilFound(() => environment.run(['list', ...filter, '--json']));
  expect(found).toMatchObject({ code: 0, stderr: '' });
  expect(parseJson(found)).toMatchObject([
    { requestId, state: 'awaiting-handover', terminated: false, ...here },
  ]);

  const lines = (await environment.run(['list', ...filter])).stdout.trimEnd().split('\n');
  expect(lines).toEqual([
    expect.stringMatching(
      /^Request +State +Method +Contract session +Employee +CRM record +Started +Deadline$/,
    ),
    expect.stringContaining(`${requestId}  awaiting-handover  aes`),
  ]);
  const none = await environment.run(['list', '--employee', here.employeeId, '--state', 'failed']);
  expect(none).toEqual({ code: 0, stdout: 'No signing was found.\n', stderr: '' });
  expect((await environment.run(['list', '--limit', '1'])).stderr).toBe(
    'There may be more than these 1: see --limit.\n',
  );
});

/** The list is eventually consistent. */
async function waitUntilFound(list: () => Promise<CommandResult>): Promise<CommandResult> {
  for (;;) {
    const answer = await list();
    if (answer.code !== 0 || (parseJson(answer) as unknown[]).length > 0) return answer;
  }
}

describe('cancel', () => {
  it('ends a signing, and a waiting command ends with 13', async () => {
    const { requestId } = await environment.startSigningIn('awaiting-handover');
    const waiting = environment.start(['wait', requestId]);
    await waiting.waitForOutput('awaiting-handover');
    const answer = await environment.run(['cancel', requestId, '--json']);
    expect(answer).toMatchObject({ code: 0, stderr: '' });
    expect(parseJson(answer)).toEqual({ requestId, cancelRequested: true });
    expect(await waiting.result).toMatchObject({
      code: 13,
      stderr: '',
      stdout: expect.stringContaining('What exists at flexperto stays there') as string,
    });
  });

  it.each(['cancel', 'check'])(
    '%s is not possible after the signing has ended, and ends with 5',
    async (command) => {
      const { requestId } = await environment.startSigningIn('awaiting-handover');
      await environment.run(['cancel', requestId]);
      await environment.run(['wait', requestId]);
      expect(await environment.run([command, requestId])).toEqual({
        code: 5,
        stdout: '',
        stderr: `The signing ${requestId} has ended already.\n`,
      });
    },
  );
});

it.each([
  ['status'], ['wait'], ['check'], ['cancel'], ['resolve', 'retry', '--attention-id', 'a'], ['record-outcome', 'completed'],
])('%s ends with 4 for a signing that does not exist', async (command, ...more) => {
  const answer = await environment.run([command, 'nobody', ...more, '--json']);
  expect(answer).toMatchObject({ code: 4, stderr: '' });
  expect(parseError(answer)).toEqual({
    type: 'SigningNotFoundError',
    message: 'There is no signing with the requestId nobody.',
  });
}); // prettier-ignore

it('a namespace that does not exist ends with 2 and its name', async () => {
  for (const command of [['status', 'a'], ['list']]) {
    const answer = await environment.run(command, { env: { TEMPORAL_NAMESPACE: 'nowhere' } });
    expect(answer).toEqual({
      code: 2,
      stdout: '',
      stderr: 'The Temporal server has no namespace nowhere (TEMPORAL_NAMESPACE).\n',
    });
  }
});

it('no command prints data of the participant', async () => {
  const { requestId, sessionId, file } = await environment.startSigningIn('awaiting-handover');
  environment.fake.handOver(sessionId);
  environment.fake.failIdentification(sessionId);
  const answers = [
    await environment.run(['validate', file]),
    await environment.run(['start', file, '--wait']),
    await environment.run(['status', requestId]),
    await environment.run(['status', requestId, '--json']),
    await environment.run(['list']),
    await environment.run(['list', '--json']),
  ];
  const printed = answers.map(({ stdout, stderr }) => stdout + stderr).join('\n');
  expect(PERSONAL).toHaveLength(4);
  for (const value of PERSONAL) expect(printed).not.toContain(value);
});
