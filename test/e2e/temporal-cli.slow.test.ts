import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { captureRejection, waitUntil } from '../support/async-helpers.js';
import { type RealEnvironment, useRealEnvironments } from '../support/real-environment.js';
import { createRequest, workflowIdOf } from '../support/signing.js';
import { type TemporalCommand, createTemporalCommand } from '../support/temporal-command.js';

const createEnvironment = useRealEnvironments();

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const DAY_MS = 24 * 60 * 60_000;

const toIsoTime = (ms: number): string => new Date(ms).toISOString();

/** One signing, followed by the Temporal CLI. */
interface CliSigning {
  readonly workflowId: string;
  readonly requestId: string;
  status(): Promise<Record<string, unknown>>;
  waitForState(state: string): Promise<Record<string, unknown>>;
  update(name: string, input: unknown): Promise<unknown>;
  signal(name: string): Promise<unknown>;
}

async function startWithCli(
  environment: RealEnvironment,
  temporal: TemporalCommand,
  change = {},
): Promise<CliSigning> {
  const requestId = `test-${randomUUID()}`;
  const workflowId = workflowIdOf(requestId, environment.taskQueue);
  const file = join(environment.root, `${requestId}.json`);
  await writeFile(file, JSON.stringify({ ...createRequest(requestId), ...change }));
  const on = ['--workflow-id', workflowId];
  const start = ['workflow', 'start', '--type', 'signingSession', '--task-queue', environment.taskQueue];
  await temporal(...start, ...on, '--input-file', file);

  const status = async (): Promise<Record<string, unknown>> => {
    const answer = (await temporal('workflow', 'query', ...on, '--type', 'status')) as {
      queryResult: [Record<string, unknown>];
    };
    return answer.queryResult[0];
  };
  return {
    workflowId,
    requestId,
    status,
    waitForState: async (state) => {
      await waitUntil(`the state is ${state}`, async () => (await status())['state'] === state);
      return status();
    },
    update: (name, input) =>
      temporal('workflow', 'update', 'execute', ...on, '--name', name, '--input', JSON.stringify(input)),
    signal: (name) => temporal('workflow', 'signal', ...on, '--name', name),
  };
}

const readErrorMessage = async (call: Promise<unknown>): Promise<string> =>
  String(await captureRejection(call));

describe('A client in another language, by the names of the contract alone,', () => {
  it('starts a signing, reads its whole status, finds it by every search attribute, requests a poll, and gets the result', async () => {
    const environment = await createEnvironment();
    // Only requested polls.
    await environment.startWorker({ SIGNING_POLL_SECONDS: '3600' });
    const temporal = await createTemporalCommand(environment);
    const { fake } = environment;
    const startedAt = Date.now();
    const remote = await startWithCli(environment, temporal, { deadlineDays: 2.5 });

    const status = await remote.waitForState('awaiting-handover');
    const [session] = fake.sessions();
    expect(status).toEqual({
      state: 'awaiting-handover',
      requestId: remote.requestId,
      sessionId: session?.id,
      name: 'Task-123 / Documents to be Signed',
      method: 'aes',
      employeeId: '45',
      crmRecord: 'opportunity/0061',
      documents: session?.documents.map(({ name, bytes, sha256, fileId, id }) => ({
        name,
        bytes,
        sha256,
        signatureFields: 'required',
        fileId,
        documentId: id,
        status: 'ATTACHED',
        failureReason: null,
      })),
      attention: null,
      deadline: expect.stringMatching(ISO_TIME) as string,
      updatedAt: expect.stringMatching(ISO_TIME) as string,
    });
    const deadline = Date.parse(String(status['deadline']));
    expect(deadline - startedAt).toBeGreaterThanOrEqual(2.5 * DAY_MS);

    const queries = [
      'SigningState = "awaiting-handover"',
      'SigningMethod = "aes"',
      'EmployeeId = "45"',
      'CrmRecord = "opportunity/0061"',
      `FlexpertoSessionId = ${session?.id ?? 0}`,
      // A range: on SQLite, the server finds no time whose milliseconds end with 0 by equality.
      `SigningDeadline BETWEEN "${toIsoTime(deadline - 1000)}" AND "${toIsoTime(deadline + 1000)}"`,
    ];
    for (const query of queries) {
      await waitUntil(`it is found by ${query}`, async () => {
        const found = await temporal('workflow', 'list', '--query', query);
        return JSON.stringify(found).includes(remote.workflowId);
      });
    }

    fake.handOver(session?.id ?? 0);
    fake.sign(session?.id ?? 0);
    await remote.signal('checkNow');
    const result = await temporal('workflow', 'result', '--workflow-id', remote.workflowId);
    expect(result).toMatchObject({ status: 'COMPLETED', result: { state: 'completed', attention: null } });
  });

  it('decides when attention is needed, and reads a refused decision as a sentence', async () => {
    const environment = await createEnvironment();
    await environment.startWorker();
    const temporal = await createTemporalCommand(environment);
    environment.fake.faults.add({ call: 'initiate', reset: 'after' });
    const remote = await startWithCli(environment, temporal);
    const asked = (await remote.waitForState('needs-attention'))['attention'] as { id: string };
    expect(asked).toEqual({
      id: expect.stringMatching(/^initiate-[0-9a-f]{8}$/) as string,
      step: 'initiate',
      reason: expect.stringContaining('it is not known whether flexperto carried it out') as string,
      actions: ['retry', 'adopt', 'abort'],
      since: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
    });
    const attentionId = asked.id;

    expect(await readErrorMessage(remote.update('resolve', { action: 'wait' }))).toContain(
      'Not possible here. Possible:',
    );
    expect(await readErrorMessage(remote.update('resolve', { action: 'abort', reason: 'no' }))).toContain(
      `Possible: {"attentionId":"${attentionId}","action":"retry"}`,
    );
    expect(
      await readErrorMessage(remote.update('resolve', { attentionId: 'initiate-1', action: 'retry' })),
    ).toContain('an attention that is not open');
    expect(await readErrorMessage(remote.update('resolve', { attentionId, action: 'retry' }))).toContain(
      'Too early for a retry',
    );
    expect(await readErrorMessage(remote.update('resolve', { attentionId, action: 'adopt' }))).toContain(
      'To adopt, name the contract',
    );
    expect(await readErrorMessage(remote.update('recordOutcome', { outcome: 'completed' }))).toContain(
      'only while the signing waits',
    );
    const sessionId = environment.fake.sessions()[0]?.id;
    const adopt = { attentionId, action: 'adopt', sessionId };
    expect(await remote.update('resolve', adopt)).toMatchObject({
      result: { state: 'initiating', attention: null },
    });
    expect(await remote.waitForState('awaiting-handover')).toMatchObject({ sessionId });
    expect(await remote.update('resolve', adopt)).toMatchObject({ result: { state: 'awaiting-handover' } });
    expect(await readErrorMessage(remote.update('resolve', { action: 'retry' }))).toContain(
      'does not need attention',
    );
  });

  it('records the outcome if the tenant has no list call', async () => {
    const environment = await createEnvironment({ list: false });
    await environment.startWorker();
    const temporal = await createTemporalCommand(environment);
    const remote = await startWithCli(environment, temporal);
    await remote.waitForState('awaiting-handover');
    expect(await readErrorMessage(remote.update('recordOutcome', { outcome: 'lost' }))).toContain(
      'An outcome is {',
    );
    await remote.update('recordOutcome', { outcome: 'withdrawn', reason: 'signed on paper' });
    const result = await temporal('workflow', 'result', '--workflow-id', remote.workflowId);
    expect(result).toMatchObject({ result: { state: 'withdrawn' } });
  });

  it('cancels, and reads a final status as the result', async () => {
    const environment = await createEnvironment();
    await environment.startWorker();
    const temporal = await createTemporalCommand(environment);
    const remote = await startWithCli(environment, temporal);
    await remote.waitForState('awaiting-handover');
    await temporal('workflow', 'cancel', '--workflow-id', remote.workflowId);
    const result = await temporal('workflow', 'result', '--workflow-id', remote.workflowId);
    expect(result).toMatchObject({ status: 'COMPLETED', result: { state: 'cancelled' } });
  });

  it('omits optional fields, and learns of an unknown field', async () => {
    const environment = await createEnvironment();
    await environment.startWorker();
    const temporal = await createTemporalCommand(environment);
    const plain = await startWithCli(environment, temporal, { crmRecord: undefined });
    expect(await plain.waitForState('awaiting-handover')).toMatchObject({ crmRecord: null });

    const wrong = await startWithCli(environment, temporal, { crmRecrod: 'opportunity/0061' });
    await waitUntil('it has failed', async () => (await wrong.status())['state'] === 'failed');
    const history = await temporal('workflow', 'show', '--workflow-id', wrong.workflowId);
    expect(JSON.stringify(history)).toContain('Nothing was sent: crmRecrod');
    expect(environment.fake.sessions()).toHaveLength(1);
  });
});
