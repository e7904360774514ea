import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { hashGatewayKey } from '../../../scripts/processes/program.js';
import { waitUntil } from '../../support/async-helpers.js';
import { REQUEST } from '../../support/requests.js';
import {
  type GatewayEnvironment,
  KEY,
  callAt,
  createGatewayEnvironment,
  problem,
} from '../gateway-environment.js';
import { uploadContract } from '../uploads/multipart.js';
import { type IdentityProvider, type TokenKind, startIdentityProvider } from './identity-provider.js';

let provider: IdentityProvider;
let environment: GatewayEnvironment;
beforeAll(async () => {
  provider = await startIdentityProvider();
  const keys = [
    hashGatewayKey('crm', KEY),
    hashGatewayKey('crm', 'its-next-key'),
    hashGatewayKey('other', 'a.key.of.another'),
  ];
  environment = await createGatewayEnvironment({
    ...provider.env,
    SIGNING_GATEWAY_KEYS: keys
      .join(' , ')
      .toUpperCase()
      .replaceAll('CRM', 'crm')
      .replaceAll('OTHER', 'other'),
  });
  await environment.startWorker();
});
afterAll(async () => {
  await environment.close();
  await provider.close();
});

const minutesFromNow = (minutes: number): number => Math.floor(Date.now() / 1000) + minutes * 60;
const createRequest = (employeeId?: unknown) => ({
  ...REQUEST,
  requestId: `crm-${randomUUID()}`,
  employeeId,
});
/** Calls as the employee with this token. */
const createOwnRequest = async (key: string, employeeId?: unknown) => {
  const documents = [{ source: await uploadContract(environment.gateway.url, key) }];
  return { ...createRequest(employeeId), documents };
};

describe('a key', () => {
  it.each([KEY, 'its-next-key', 'a.key.of.another'])('gives access to the gateway: %s', async (key) => {
    expect(await environment.call('GET', '/signings', { key })).toMatchObject({ status: 200 });
  });

  it.each([
    ['none', undefined, 'Bearer realm="signing"'],
    ['another scheme', `Basic ${Buffer.from(`crm:${KEY}`).toString('base64')}`, 'Bearer realm="signing"'],
    ['a wrong one', 'Bearer wrong', 'Bearer realm="signing", error="invalid_token"'],
    ['a part of one', `Bearer ${KEY.slice(1)}`, 'Bearer realm="signing", error="invalid_token"'],
    ['its name', 'Bearer crm', 'Bearer realm="signing", error="invalid_token"'],
    [
      'its hash',
      `Bearer ${hashGatewayKey('', KEY).slice(1)}`,
      'Bearer realm="signing", error="invalid_token"',
    ],
  ])('is needed, and %s is not valid', async (_, authorization, challenge) => {
    const headers = authorization === undefined ? {} : { authorization };
    for (const [method, path] of [
      ['GET', '/signings'],
      ['POST', '/signings'],
      ['GET', '/signings/a'],
      ['GET', '/signings/a/events'],
      ['POST', '/signings/a/check'],
      ['POST', '/signings/a/resolve'],
      ['POST', '/signings/a/cancel'],
      ['POST', '/signings/a/outcome'],
    ] as const) {
      // prettier-ignore
      const answer = await environment.call(method, path, { key: null, headers });
      expect(answer).toEqual(problem(401, 'unauthorized'));
      expect(answer.headers.get('www-authenticate')).toBe(challenge);
    }
  });

  it('is not needed for health, readiness and the API description', async () => {
    for (const path of ['/healthz', '/readyz', '/openapi.json', '/docs/'])
      expect(await environment.call('GET', path, { key: null })).toMatchObject({ status: 200 });
  });

  it('starts signings for any employee, under the name of the key', async () => {
    const request = createRequest('46');
    expect(await environment.call('POST', '/signings', { body: request })).toMatchObject({ status: 201 });
    const handle = environment.client.workflow.getHandle(`signing-${request.requestId}`);
    const { events } = await handle.fetchHistory();
    expect(events?.[0]?.workflowExecutionStartedEventAttributes?.identity).toBe('gateway/crm');
    await handle.terminate();
  });
});

describe('a token of the identity provider', () => {
  it.each(['RS256', 'ES256'] as const)('gives access to the gateway if it is signed with %s', async (how) => {
    expect(await environment.call('GET', '/signings', { key: provider.token({}, how) })).toMatchObject({
      status: 200,
    });
  });

  it.each<[string, Record<string, unknown>, TokenKind]>([
    ['of another issuer', { iss: 'https://other.example' }, 'RS256'],
    ['for another audience', { aud: 'another-gateway' }, 'RS256'],
    ['that has expired', { exp: minutesFromNow(-5) }, 'RS256'],
    ['that never expires', { exp: undefined }, 'RS256'],
    ['that is not valid yet', { nbf: minutesFromNow(5) }, 'RS256'],
    ['without the employee', { employeeId: undefined }, 'RS256'],
    ['with an empty employee', { employeeId: '' }, 'RS256'],
    ['with an employee that is no id', { employeeId: ['45'] }, 'RS256'],
    ['without a signature', {}, 'none'],
    ['signed with the public key as a secret', {}, 'HS256 with the public key'],
    ['signed by somebody else', {}, 'another key'],
    ['that brings its own key', {}, 'key in the token'],
  ])('gives no access %s', async (_, claims, how) => {
    const answer = await environment.call('GET', '/signings', { key: provider.token(claims, how) });
    expect(answer).toEqual(problem(401, 'unauthorized', { detail: 'The key or token is not valid.' }));
  });

  it('sets the employeeId, which the request may omit and cannot change', async () => {
    const key = provider.token();
    const body = await createOwnRequest(key);
    expect(await environment.call('POST', '/signings', { key, body })).toMatchObject({ status: 201 });
    expect(
      await environment.call('POST', '/signings', { key, body: { ...body, employeeId: '45' } }),
    ).toMatchObject({
      status: 200,
      body: { created: false },
    });
    expect((await environment.waitForState(body.requestId, 'awaiting-handover')).employeeId).toBe('45');
    for (const employeeId of ['46', '045', ' 45'])
      expect(await environment.call('POST', '/signings', { key, body: createRequest(employeeId) })).toEqual(
        problem(403, 'forbidden'),
      );
    expect(await environment.call('POST', '/signings', { key, body: { ...body, employeeId: 45 } })).toEqual(
      problem(400, 'invalid-request'),
    );
  });

  it('may have the employee as a number', async () => {
    const key = provider.token({ employeeId: 45 });
    expect(
      await environment.call('POST', '/signings', { key, body: await createOwnRequest(key, '45') }),
    ).toMatchObject({
      status: 201,
    });
  });

  it('acts under the employee’s identity', async () => {
    const { requestId } = await environment.startSigningUntil('awaiting-handover');
    const key = provider.token();
    expect(await environment.call('POST', `/signings/${requestId}/cancel`, { key })).toMatchObject({
      status: 202,
    });
    // The server holds an event back while a workflow task is running.
    await environment.waitForState(requestId, 'cancelled');
    const { events = [] } = await environment.client.workflow
      .getHandle(`signing-${requestId}`)
      .fetchHistory();
    const by = events?.flatMap(
      (event) => event.workflowExecutionCancelRequestedEventAttributes?.identity ?? [],
    );
    expect(by).toEqual(['gateway/jwt/45']);
  });

  it('gives no access to signings of other employees: they do not exist for it', async () => {
    const { requestId } = await environment.startSigningUntil('awaiting-handover', { employeeId: '46' });
    const key = provider.token();
    const missing = problem(404, 'not-found', {
      detail: `There is no signing with the requestId ${requestId}.`,
    });
    const path = `/signings/${requestId}`;
    expect(await environment.call('GET', path, { key })).toEqual(missing);
    expect(await environment.call('GET', `${path}/events`, { key })).toEqual(missing);
    for (const act of ['check', 'cancel'])
      expect(await environment.call('POST', `${path}/${act}`, { key })).toEqual(missing);
    const resolution = { attentionId: 'initiate-1', action: 'retry' };
    expect(await environment.call('POST', `${path}/resolve`, { key, body: resolution })).toEqual(missing);
    const outcome = { outcome: 'completed' };
    expect(await environment.call('POST', `${path}/outcome`, { key, body: outcome })).toEqual(missing);
    const own = provider.token({ employeeId: '46' });
    expect(await environment.call('GET', path, { key: own })).toMatchObject({
      status: 200,
      body: { employeeId: '46' },
    });
  });

  it('limits a list to the employee’s own signings', async () => {
    await environment.startSigningUntil('awaiting-handover', { employeeId: '47' });
    const key = provider.token({ employeeId: '47' });
    let answer = await environment.call('GET', '/signings', { key });
    while ((answer.body as { signings: unknown[] }).signings.length === 0)
      answer = await environment.call('GET', '/signings', { key });
    const { signings } = answer.body as { signings: { employeeId: string }[] };
    expect(signings.map(({ employeeId }) => employeeId)).toEqual(['47']);
    expect(await environment.call('GET', '/signings?employeeId=47', { key })).toMatchObject({ status: 200 });
    expect(await environment.call('GET', '/signings?employeeId=46', { key })).toEqual(
      problem(403, 'forbidden'),
    );
  });

  it('gets a 503 and not a 401 while the identity provider has never answered', async () => {
    const gateway = await environment.startGateway();
    provider.setAnswering(false);
    const key = provider.token();
    const answer = await callAt(gateway.url, 'GET', '/signings', { key });
    provider.setAnswering(true);
    expect(answer).toEqual(problem(503, 'no-server'));
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(await callAt(gateway.url, 'GET', '/signings')).toMatchObject({ status: 200 });
    expect(await callAt(gateway.url, 'GET', '/signings', { key })).toMatchObject({ status: 200 });
  });
});

it('the name of the employee claim is configurable', async () => {
  const gateway = await environment.startGateway({
    SIGNING_GATEWAY_EMPLOYEE_CLAIM: 'https://bank.example/account',
  });
  const token = provider.token({ employeeId: '1', 'https://bank.example/account': '2' });
  expect(await callAt(gateway.url, 'GET', '/signings?employeeId=2', { key: token })).toMatchObject({
    status: 200,
  });
  expect(await callAt(gateway.url, 'GET', '/signings?employeeId=1', { key: token })).toMatchObject({
    status: 403,
  });
  expect(await callAt(gateway.url, 'GET', '/signings', { key: provider.token() })).toMatchObject({
    status: 401,
  });
});

it('only pages of the listed origins may call from a browser', async () => {
  const gateway = await environment.startGateway({ SIGNING_GATEWAY_ORIGINS: 'https://crm.bank.example' });
  const from = async (origin: string): Promise<string | null> => {
    const headers = {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    };
    const answer = await callAt(gateway.url, 'OPTIONS', '/signings', { key: null, headers });
    return answer.headers.get('access-control-allow-origin');
  };
  expect(await from('https://crm.bank.example')).toBe('https://crm.bank.example');
  expect(await from('https://evil.example')).not.toBe('https://evil.example');
});

test('a rejected caller that is still sending gets the whole response, which says that the connection closes', async () => {
  const socket = connect(Number(new URL(environment.gateway.url).port), '127.0.0.1');
  let received = '';
  socket.setEncoding('utf8').on('data', (text: string) => (received += text));
  const closed = once(socket, 'close');
  socket.write(
    'POST /signings HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 200\r\n\r\n{',
  );
  await waitUntil('the response is complete', () => Promise.resolve(received.endsWith('}')));
  expect(received).toMatch(/^HTTP\/1\.1 401 /);
  expect(received).toMatch(/\r\nconnection: close\r\n/i);
  expect(socket.closed).toBe(false);
  socket.write(' '.repeat(199));
  expect(await closed).toEqual([false]);
});
