import { Client } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createDataConverter, parsePayloadKeys } from '../../../src/client/index.js';
import type { SigningStatus } from '../../../src/domain/status.js';
import { waitUntil } from '../../support/async-helpers.js';
import { generatePayloadKey } from '../../support/encrypted-client.js';
import { PARTICIPANT_VALUES, REQUEST } from '../../support/requests.js';
import {
  type GatewayEnvironment,
  type HttpResponse,
  callAt,
  createGatewayEnvironment,
  problem,
} from '../gateway-environment.js';

let environment: GatewayEnvironment;
beforeAll(async () => {
  environment = await createGatewayEnvironment();
  // Nothing polls automatically: only check triggers a poll.
  await environment.startWorker({ SIGNING_POLL_SECONDS: '3600', FLEXPERTO_TIMEOUT_SECONDS: '3' });
});
afterEach(() => {
  environment.fake.faults.clear();
  environment.fake.settings.list = true;
});
afterAll(() => environment.close());

const createRequest = (change: Record<string, unknown> = {}) => ({
  ...REQUEST,
  requestId: `crm-${randomUUID()}`,
  ...change,
});
const start = (body: unknown, headers: Record<string, string> = {}): Promise<HttpResponse> =>
  environment.call('POST', '/signings', { body, headers });

describe('POST /signings', () => {
  it('starts a signing and returns its address', async () => {
    const request = createRequest();
    const answer = await start(request);
    expect(answer).toMatchObject({
      status: 201,
      body: { requestId: request.requestId, workflowId: `signing-${request.requestId}`, created: true },
    });
    expect(answer.headers.get('location')).toBe(`/signings/${request.requestId}`);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('starts nothing new for the same request, even after the signing has ended', async () => {
    const request = createRequest();
    await start(request);
    expect(await start(request)).toMatchObject({ status: 200, body: { created: false } });
    await environment.call('POST', `/signings/${request.requestId}/cancel`);
    await environment.waitForState(request.requestId, 'cancelled');
    expect(await start(request)).toMatchObject({ status: 200, body: { created: false } });
  });

  it('creates one contract session for two concurrent requests', async () => {
    const request = createRequest();
    const other = await environment.startGateway();
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        callAt(index % 2 === 0 ? environment.gateway.url : other.url, 'POST', '/signings', { body: request }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 201]);
    const { sessionId } = await environment.waitForState(request.requestId, 'awaiting-handover');
    expect(environment.fake.sessions().filter(({ id }) => id === sessionId)).toHaveLength(1);
    const effects = environment.fake.ledger.effects('session-initiated');
    expect(effects.length).toBe(environment.fake.sessions().length);
  });

  it('answers 409 if the requestId is in use for a different request', async () => {
    const request = createRequest();
    await start(request);
    expect(await start({ ...request, name: 'Something else' })).toEqual(problem(409, 'conflict'));
  });

  it('accepts the requestId as Idempotency-Key, and rejects two that differ', async () => {
    const { requestId, ...request } = createRequest();
    const key = { 'Idempotency-Key': requestId };
    expect(await start(request, key)).toMatchObject({ status: 201, body: { requestId } });
    expect(await start({ ...request, requestId }, key)).toMatchObject({ status: 200 });
    expect(await start({ ...request, requestId: `${requestId}-2` }, key)).toEqual(
      problem(400, 'invalid-request', {
        errors: [{ pointer: '/requestId', detail: 'differs from the header Idempotency-Key' }],
      }),
    );
    expect(await start(request, { 'Idempotency-Key': 'a/b' })).toEqual(problem(400, 'invalid-request'));
  });

  it('reports all errors together, by JSON pointers', async () => {
    const { status, body } = await start({
      ...REQUEST,
      requestId: 'a b',
      method: 'xes',
      participants: [{ ...REQUEST.participants[0], mobile: '0176', phone: '0176' }],
      documents: [{ source: 'contract.pdf' }, 'terms.pdf', { source: 'file:a.pdf', 'a/b~c.d': 1 }],
      deadlineDays: 0,
      callbackUrl: 'https://elsewhere.example.invalid/hook',
      'na.me': 1,
    });
    expect(status).toBe(400);
    const { type, detail, errors } = body as { type: string; detail: string; errors: { pointer: string }[] };
    expect(type).toBe('urn:signing:problem:invalid-request');
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual([
      '/callbackUrl', '/deadlineDays', '/documents/0/source', '/documents/1', '/documents/2/a~1b~0c.d', '/method', '/na.me',
      '/participants/0/mobile', '/participants/0/phone', '/requestId',
    ]); // prettier-ignore
    expect(detail).toContain('/participants/0/mobile must be a mobile number in E.164 form');
  });

  it.each([null, 'text', 7, [REQUEST]])('rejects %j, which is not a request', async (body) => {
    const errors = [{ pointer: '', detail: 'must be a JSON object' }];
    expect(await start(JSON.stringify(body))).toEqual(problem(400, 'invalid-request', { errors }));
  });

  it('keeps the response short for any number of errors', async () => {
    const wrong = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`field${index}`, 1]));
    const answer = await start(wrong);
    expect(answer).toEqual(problem(400, 'invalid-request'));
    expect((answer.body as { errors: unknown[] }).errors.length).toBeLessThanOrEqual(100);
    expect(answer.text).toContain('49980 more');
    expect(answer.text.length).toBeLessThan(60_000);
  });
});

describe('GET /signings/{requestId}', () => {
  it('shows the whole status, without data of the customer', async () => {
    const status = await environment.startSigningUntil('awaiting-handover', {
      crmRecord: 'opportunity/0061',
    });
    expect(status).toMatchObject({
      state: 'awaiting-handover',
      employeeId: '45',
      crmRecord: 'opportunity/0061',
      documents: [{ name: 'contract.pdf', status: 'ATTACHED' }],
      attention: null,
    });
    for (const value of PARTICIPANT_VALUES) expect(JSON.stringify(status)).not.toContain(value);
  });

  it('needs no worker after the end', async () => {
    const { requestId, sessionId } = await environment.startSigningUntil('awaiting-handover');
    environment.fake.handOver(sessionId ?? 0);
    environment.fake.sign(sessionId ?? 0);
    expect(await environment.call('POST', `/signings/${requestId}/check`)).toMatchObject({
      status: 202,
      body: { requestId },
    });
    expect(await environment.waitForState(requestId, 'completed')).toMatchObject({
      documents: [{ status: 'FINISHED' }],
    });
  });

  it('polls once a second for any number of check requests', async () => {
    const { requestId } = await environment.startSigningUntil('awaiting-handover');
    const started = Date.now();
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => environment.call('POST', `/signings/${requestId}/check`)),
    );
    const seconds = Math.ceil((Date.now() - started) / 1000);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));

    const handle = environment.client.workflow.getHandle(`signing-${requestId}`);
    const { events = [] } = await handle.fetchHistory();
    const checkSignals = (events ?? []).filter(
      (event) => event.workflowExecutionSignaledEventAttributes != null,
    );
    expect(checkSignals.length).toBeGreaterThan(1);
    expect(checkSignals.length).toBeLessThanOrEqual(seconds + 1);
  });

  it('says that the request was invalid if the check of the documents rejected it', async () => {
    await writeFile(join(environment.root, 'letter.pdf'), 'not a PDF');
    const requestId = await environment.startSigning({ documents: [{ source: 'file:letter.pdf' }] });
    let answer = await environment.call('GET', `/signings/${requestId}`);
    while (answer.status === 200) answer = await environment.call('GET', `/signings/${requestId}`);
    expect(answer).toEqual(
      problem(422, 'rejected', {
        detail: expect.stringMatching(/^Nothing was sent: documents\[0\] \(letter/) as string,
      }),
    );
  });

  it('says that it was terminated in Temporal', async () => {
    const { requestId } = await environment.startSigningUntil('awaiting-handover');
    await environment.client.workflow.getHandle(`signing-${requestId}`).terminate();
    expect(await environment.call('GET', `/signings/${requestId}`)).toEqual(problem(410, 'terminated'));
  });

  it('says that it broke off, without the reason, which is for operators', async () => {
    const requestId = `crm-${randomUUID()}`;
    const taskQueue = 'nobody-is-here';
    const gateway = await environment.startGateway({ SIGNING_TASK_QUEUE: taskQueue });
    const handle = await environment.client.workflow.start('signingSession', {
      taskQueue,
      workflowId: `signing/${taskQueue}/${requestId}`,
      workflowExecutionTimeout: 1,
    });
    await handle.result().catch(() => undefined);
    const detail = `The signing ${requestId} broke off without an outcome; what exists at flexperto stays there.`;
    const answer = await callAt(gateway.url, 'GET', `/signings/${requestId}`);
    expect(answer).toEqual(problem(410, 'broken', { detail }));
  });
});

it.each([
  ['GET', '', {}],
  ['GET', '/events', {}],
  ['POST', '/check', {}],
  ['POST', '/cancel', {}],
  ['POST', '/resolve', { body: { attentionId: 'initiate-1', action: 'retry' } }],
  ['POST', '/outcome', { body: { outcome: 'completed' } }],
])(
  '%s /signings/{requestId}%s is a 404 for a signing that does not exist, and a 400 for an id that none can have',
  async (method, path, options) => {
    expect(await environment.call(method, `/signings/nobody${path}`, options)).toEqual(
      problem(404, 'not-found', { detail: 'There is no signing with the requestId nobody.' }),
    );
    const detail = 'must be 1 to 200 letters, digits or any of . _ : @ + = , ~ -';
    expect(await environment.call(method, `/signings/a%20b${path}`, options)).toEqual(
      problem(400, 'invalid-request', { errors: [{ pointer: '/requestId', detail }] }),
    );
  },
);

describe('POST /signings/{requestId}/resolve', () => {
  const ON = { attentionId: 'initiate-1' };
  beforeEach(() => {
    environment.fake.faults.add({ call: 'initiate', reset: 'after' });
  });

  it('accepts a decision once', async () => {
    const { requestId, attention } = await environment.startSigningUntil('needs-attention');
    expect(attention).toMatchObject({ step: 'initiate', actions: ['retry', 'adopt', 'abort'] });
    const sessionId = environment.fake.sessions().at(-1)?.id;
    const attentionId = attention?.id;
    const body = { attentionId, action: 'adopt', sessionId };
    const answer = await environment.call('POST', `/signings/${requestId}/resolve`, { body });
    expect(answer).toMatchObject({ status: 200, body: { requestId, attention: null } });
    expect(await environment.waitForState(requestId, 'awaiting-handover')).toMatchObject({ sessionId });
    expect(await environment.call('POST', `/signings/${requestId}/resolve`, { body })).toMatchObject({
      status: 200,
      body: { requestId, state: 'awaiting-handover', sessionId },
    });
    const other = { attentionId, action: 'retry' };
    expect(await environment.call('POST', `/signings/${requestId}/resolve`, { body: other })).toEqual(
      problem(409, 'not-possible', {
        detail: `The attention ${attentionId ?? ''} is already resolved, with adopt of contract session ${sessionId ?? 0}; nothing was changed.`,
      }),
    );
    const older = { attentionId: 'initiate-1', action: 'retry' };
    expect(await environment.call('POST', `/signings/${requestId}/resolve`, { body: older })).toEqual(
      problem(409, 'not-possible', {
        detail: 'There is nothing to resolve: the signing does not need attention.',
      }),
    );
  });

  it('rejects an outdated attentionId and an early retry, and says what is possible', async () => {
    const { requestId, attention } = await environment.startSigningUntil('needs-attention');
    const refused = async (attentionId: string | undefined): Promise<unknown> =>
      (
        await environment.call('POST', `/signings/${requestId}/resolve`, {
          body: { attentionId, action: 'retry' },
        })
      ).body;
    expect(await refused('initiate-1')).toMatchObject({
      status: 409,
      detail: expect.stringMatching(
        `^This decision answers an attention that is not open\\..*{"attentionId":"${attention?.id ?? ''}","action":"retry"}`,
      ) as string,
    });
    expect(await refused(attention?.id)).toMatchObject({
      status: 409,
      detail: expect.stringMatching(/^Too early for a retry: .* UTC on/) as string,
    });
    expect(await environment.waitForState(requestId, 'needs-attention')).toMatchObject({ attention });
  });

  it('says what is possible', async () => {
    const { requestId, attention } = await environment.startSigningUntil('needs-attention');
    const body = { attentionId: attention?.id, action: 'adopt' };
    const answer = await environment.call('POST', `/signings/${requestId}/resolve`, { body });
    const detail =
      'To adopt, name the contract session that the Dashboard shows: ' +
      `{"attentionId":"${attention?.id ?? ''}","action":"adopt","sessionId":13}.`;
    expect(answer).toEqual(problem(409, 'not-possible', { detail }));
  });

  it('ends the signing after an abort', async () => {
    const { requestId, attention } = await environment.startSigningUntil('needs-attention');
    const body = { attentionId: attention?.id, action: 'abort', reason: 'Wrong customer' };
    expect(await environment.call('POST', `/signings/${requestId}/resolve`, { body })).toMatchObject({
      status: 200,
    });
    expect((await environment.waitForState(requestId, 'cancelled')).attention?.reason).toContain(
      'Wrong customer',
    );
    expect(await environment.call('POST', `/signings/${requestId}/resolve`, { body })).toMatchObject({
      status: 200,
      body: { state: 'cancelled' },
    });
  });

  it.each([
    [{}, '/action', 'must be an action that the signing allows: retry, adopt or abort'],
    [{ action: 'wait' }, '/action', 'must be an action that the signing allows: retry, adopt or abort'],
    [
      { action: 'retry' },
      '/attentionId',
      'must be the attention.id of the status that shows which decision is needed',
    ],
    [{ ...ON, action: 'retry', reason: 'so' }, '', 'cannot have reason'],
    [
      { ...ON, action: 'adopt', sessionId: '13' },
      '/sessionId',
      'is not valid: expected number, received string',
    ],
    [{ ...ON, action: 'abort' }, '/reason', 'is not valid: expected string, received undefined'],
    [{ ...ON, action: 'abort', reason: ' ' }, '/reason', 'must be a text of 1 to 1000 characters'],
  ])('rejects %j by its field', async (body, pointer, detail) => {
    const answer = await environment.call('POST', '/signings/nobody/resolve', { body });
    expect(answer).toEqual(problem(400, 'invalid-request', { errors: [{ pointer, detail }] }));
  });
});

describe('POST /signings/{requestId}/outcome', () => {
  it('records an outcome that the API of a tenant does not report', async () => {
    environment.fake.settings.list = false;
    const { requestId } = await environment.startSigningUntil('awaiting-handover');
    const body = { outcome: 'completed', reason: 'All have signed, says the Dashboard.' };
    expect(await environment.call('POST', `/signings/${requestId}/outcome`, { body })).toMatchObject({
      status: 200,
    });
    await environment.waitForState(requestId, 'completed');
  });

  it('is rejected if flexperto reports the outcome', async () => {
    const { requestId } = await environment.startSigningUntil('awaiting-handover');
    const body = { outcome: 'completed' };
    expect(await environment.call('POST', `/signings/${requestId}/outcome`, { body })).toEqual(
      problem(409, 'not-possible'),
    );
  });

  it.each([
    [{ outcome: 'expired' }, '/outcome'],
    [{ outcome: 'completed', reason: 5 }, '/reason'],
    [{ outcome: 'completed', result: 'good' }, ''],
  ])('rejects %j by its field', async (body, pointer) => {
    const errors = [{ pointer, detail: expect.any(String) as string }];
    const answer = await environment.call('POST', '/signings/nobody/outcome', { body });
    expect(answer).toEqual(problem(400, 'invalid-request', { errors }));
  });
});

it.each(['check', 'cancel'])('%s is not possible after the signing has ended', async (act) => {
  const { requestId } = await environment.startSigningUntil('awaiting-handover');
  expect(await environment.call('POST', `/signings/${requestId}/cancel`)).toMatchObject({
    status: 202,
    body: { requestId },
  });
  await environment.waitForState(requestId, 'cancelled');
  const detail = `The signing ${requestId} has ended already.`;
  expect(await environment.call('POST', `/signings/${requestId}/${act}`)).toEqual(
    problem(409, 'not-possible', { detail }),
  );
});

describe('GET /signings', () => {
  const page = async (
    query: string,
  ): Promise<{ signings: { requestId: string }[]; nextCursor: string | null }> => {
    const { status, body, text } = await environment.call('GET', `/signings?${query}`);
    if (status !== 200) throw new Error(text);
    return body as { signings: { requestId: string }[]; nextCursor: string | null };
  };

  it('finds each signing once by record, employee and state, page by page', async () => {
    const crmRecord = 'opportunity/list';
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1)
      ids.push((await environment.startSigningUntil('awaiting-handover', { crmRecord })).requestId);
    const filter = `crmRecord=${encodeURIComponent(crmRecord)}&employeeId=45&state=awaiting-handover`;
    while ((await page(filter)).signings.length < ids.length);

    const found: string[] = [];
    const sizes: number[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const next = await page(`${filter}&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
      found.push(...next.signings.map(({ requestId }) => requestId));
      sizes.push(next.signings.length);
      cursor = next.nextCursor;
    }
    expect(found).toEqual([...ids].reverse());
    expect(sizes.slice(0, 3)).toEqual([2, 2, 1]);
    expect(await page(`crmRecord=nothing`)).toEqual({ signings: [], nextCursor: null });
  });

  it('rejects the cursor of another list and an invented one', async () => {
    const crmRecord = 'opportunity/cursor';
    await Promise.all([1, 2, 3].map(() => environment.startSigning({ crmRecord })));
    const filter = `crmRecord=${encodeURIComponent(crmRecord)}`;
    while ((await page(filter)).signings.length < 3);
    const { nextCursor } = await page(`${filter}&limit=1`);
    const detail = 'must be the nextCursor of an earlier page of the same list';
    for (const query of [`crmRecord=another&cursor=${String(nextCursor)}`, `${filter}&cursor=abcd`]) {
      expect(await environment.call('GET', `/signings?${query}`)).toEqual(
        problem(400, 'invalid-request', { errors: [{ pointer: '/cursor', detail }] }),
      );
    }
  });

  it.each([
    ['state=open', '/state'],
    ['limit=0', '/limit'],
    ['limit=101', '/limit'],
    ['limit=1e2', '/limit'],
    ['limit=1&limit=2', '/limit'],
    ['employeeId=a%20b', '/employeeId'],
    ['employee=45', ''],
    ['cursor=', '/cursor'],
  ])('rejects ?%s by its name', async (query, pointer) => {
    const errors = [{ pointer, detail: expect.any(String) as string }];
    expect(await environment.call('GET', `/signings?${query}`)).toEqual(
      problem(400, 'invalid-request', { errors }),
    );
  });
});

describe('during an outage', () => {
  it('a missing worker is a 503 that names the task queue, and the signing is safe', async () => {
    const taskQueue = `signing-${randomUUID()}`;
    const gateway = await environment.startGateway({ SIGNING_TASK_QUEUE: taskQueue });
    const request = createRequest();
    expect(await callAt(gateway.url, 'POST', '/signings', { body: request })).toMatchObject({ status: 201 });
    const path = `/signings/${request.requestId}`;
    const answers = await Promise.all([
      callAt(gateway.url, 'GET', path),
      callAt(gateway.url, 'GET', `${path}/events`),
      callAt(gateway.url, 'POST', `${path}/resolve`, {
        body: { attentionId: 'initiate-1', action: 'retry' },
      }),
      callAt(gateway.url, 'POST', `${path}/outcome`, { body: { outcome: 'failed' } }),
    ]);
    for (const answer of answers) {
      expect(answer).toEqual(
        problem(503, 'no-worker', { detail: expect.stringContaining(`task queue ${taskQueue}?`) as string }),
      );
    }
    await environment.client.workflow.getHandle(`signing/${taskQueue}/${request.requestId}`).terminate();
  });

  it('a missing Temporal server is a 503 with Retry-After and without an address', async () => {
    const gateway = await environment.startGateway({ TEMPORAL_ADDRESS: '127.0.0.1:1' });
    expect(await callAt(gateway.url, 'GET', '/healthz')).toMatchObject({
      status: 200,
      body: { status: 'ok' },
    });
    const answers = await Promise.all([
      callAt(gateway.url, 'GET', '/readyz'),
      callAt(gateway.url, 'GET', '/signings'),
      callAt(gateway.url, 'POST', '/signings', { body: createRequest() }),
      callAt(gateway.url, 'GET', '/signings/a'),
    ]);
    for (const answer of answers) {
      const detail = 'The Temporal server does not answer at the moment. Retry the same request.';
      expect(answer).toEqual(problem(503, 'no-server', { detail }));
      expect(answer.headers.get('retry-after')).toBe('5');
    }
  });

  it('a namespace that does not exist is a 503, and the log names it', async () => {
    const gateway = await environment.startGateway({ TEMPORAL_NAMESPACE: 'nowhere' });
    for (const path of ['/readyz', '/signings', '/signings/a'])
      expect(await callAt(gateway.url, 'GET', path)).toEqual(problem(503, 'no-server'));
    await waitUntil('the log names it', () =>
      gateway.output().includes('The Temporal server has no namespace nowhere (TEMPORAL_NAMESPACE).'),
    );
  });
});

it('the response to an internal error has only an id, and the log has the details under that id', async () => {
  const encrypting = new Client({
    connection: environment.client.connection,
    namespace: environment.server.namespace,
    dataConverter: createDataConverter(parsePayloadKeys(`one:${generatePayloadKey()}`)),
  });
  const request = createRequest();
  const handle = await encrypting.workflow.start('signingSession', {
    taskQueue: environment.taskQueue,
    workflowId: `signing-${request.requestId}`,
    args: [request],
  });
  // The gateway lacks the key that encrypted the earlier request.
  const answer = await start(request);
  const { instance = '', ...body } = answer.body as { instance?: string };
  expect(body).toEqual({ type: 'urn:signing:problem:internal', title: 'The gateway failed', status: 500 });
  const id = /^urn:uuid:([0-9a-f-]{36})$/.exec(instance)?.[1] ?? 'none';
  await waitUntil('the log says more', () => {
    const line = environment.gateway
      .output()
      .split('\n')
      .find((text) => text.includes(id) && text.includes('the gateway failed'));
    return line?.includes('UnreadablePayloadError') === true;
  });
  await handle.terminate();
});

it('no response and no log line has a stack, a key or data of the participant', async () => {
  const status: SigningStatus = await environment.startSigningUntil('awaiting-handover');
  await start({ ...createRequest(), participants: [{ ...REQUEST.participants[0], mobile: 'wrong' }] });
  const { text } = await environment.call('GET', `/signings/${status.requestId}`);
  for (const shown of [text, environment.gateway.output()]) {
    for (const value of [...PARTICIPANT_VALUES, environment.fake.apiKey]) expect(shown).not.toContain(value);
    expect(shown).not.toMatch(/\n {4}at /);
  }
});
