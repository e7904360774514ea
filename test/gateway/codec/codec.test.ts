import { request } from 'node:http';
import { hashGatewayKey } from '../../../scripts/processes/program.js';
import { waitUntil } from '../../support/async-helpers.js';
import { generatePayloadKey } from '../../support/encrypted-client.js';
import { type IdentityProvider, startIdentityProvider } from '../auth/identity-provider.js';
import {
  type GatewayEnvironment,
  type HttpResponse,
  KEY,
  callAt,
  createGatewayEnvironment,
  problem,
} from '../gateway-environment.js';
import { PLAIN, SECRET, base64, encryptedWith } from './codec-payloads.js';

const PAYLOAD_KEYS = `k1:${generatePayloadKey()}`;
const CODEC_KEY = 'the-key-of-an-operator';
const NEXT_CODEC_KEY = 'the-next-key-of-an-operator';
const UI = 'https://temporal.bank.example';
const CRM = 'https://crm.bank.example';

let provider: IdentityProvider;
let environment: GatewayEnvironment;
beforeAll(async () => {
  provider = await startIdentityProvider();
  environment = await createGatewayEnvironment({
    ...provider.env,
    SIGNING_PAYLOAD_KEYS: PAYLOAD_KEYS,
    SIGNING_CODEC_KEYS: [hashGatewayKey('ops', CODEC_KEY), hashGatewayKey('ops', NEXT_CODEC_KEY)].join(','),
    SIGNING_CODEC_CLAIM: 'roles=signing-auditor',
    SIGNING_CODEC_ORIGINS: UI,
    SIGNING_GATEWAY_ORIGINS: CRM,
  });
});
afterAll(async () => {
  await environment.close();
  await provider.close();
});

const decode = (payloads: unknown, key: string | null = CODEC_KEY): Promise<HttpResponse> =>
  environment.call('POST', '/codec/decode', { key, body: { payloads } });
const auditorToken = (claims: Record<string, unknown> = {}): string =>
  provider.token({ roles: ['employee', 'signing-auditor'], ...claims });

/** The response to a body of this length, before any of it is sent. */
function statusForBodySize(bytes: number): Promise<number | undefined> {
  const headers = {
    authorization: `Bearer ${CODEC_KEY}`,
    'content-type': 'application/json',
    'content-length': bytes,
  };
  return new Promise((resolve, reject) => {
    const asked = request(
      `${environment.gateway.url}/codec/decode`,
      { method: 'POST', headers },
      (answer) => {
        resolve(answer.statusCode);
        asked.destroy();
      },
    );
    asked.on('error', reject);
    asked.flushHeaders();
  });
}

/** The log lines about readers. */
const decryptionLog = (): Record<string, unknown>[] =>
  environment.gateway
    .output()
    .split('\n')
    .filter((line) => line.includes('"payloads decoded"'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('The codec endpoint', () => {
  it('decrypts and encrypts payloads', async () => {
    const decoded = await decode(await encryptedWith(PAYLOAD_KEYS));
    expect(decoded).toMatchObject({ status: 200, body: { payloads: PLAIN } });
    expect(decoded.headers.get('cache-control')).toBe('no-store');
    const encoded = await environment.call('POST', '/codec/encode', {
      key: CODEC_KEY,
      body: { payloads: PLAIN },
    });
    const { payloads } = encoded.body as { payloads: unknown[] };
    expect(JSON.stringify(payloads)).not.toContain(PLAIN[0]?.data);
    expect(await decode(payloads)).toMatchObject({ status: 200, body: { payloads: PLAIN } });
  });

  it('reads bodies as UTF-8 only', async () => {
    const body = Buffer.from('{"payloads":[{"metadata":{"für":""}}]}', 'latin1');
    const headers = { authorization: `Bearer ${CODEC_KEY}`, 'content-type': 'application/json' };
    const answer = await fetch(`${environment.gateway.url}/codec/decode`, { method: 'POST', headers, body });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ detail: 'The body is not encoded in UTF-8.' });
  });

  it('returns payloads that are not encrypted unchanged, since the Temporal UI sends all payloads', async () => {
    expect(await decode(PLAIN)).toMatchObject({ status: 200, body: { payloads: PLAIN } });
  });

  it('rejects a payload whose key it lacks, and names the id of that key', async () => {
    const payloads = [...PLAIN, ...(await encryptedWith(`k2:${generatePayloadKey()}`))];
    const detail = 'A payload is encrypted with the key k2, which SIGNING_PAYLOAD_KEYS does not hold here.';
    expect(await decode(payloads)).toEqual(problem(422, 'unreadable-payload', { detail }));
  });

  it.each([
    [{ payloads: {} }, '', 'must be a JSON object whose field payloads is an array'],
    [[], '', 'must be a JSON object whose field payloads is an array'],
    [{ payloads: [{}, 1] }, '/payloads/1', 'must be a JSON object'],
    [{ payloads: [{ data: SECRET }] }, '/payloads/0/data', 'must hold bytes in base64'],
    [{ payloads: [{ metadata: { a: 1 } }] }, '/payloads/0/metadata', 'must hold bytes in base64'],
    [{ payloads: Array(10_001).fill({}) }, '/payloads', 'must have 10000 entries at most'],
  ])(
    'names the path at which a body is malformed and does not quote it (%#)',
    async (body, pointer, must) => {
      const answer = await environment.call('POST', '/codec/decode', { key: CODEC_KEY, body });
      expect(answer).toEqual(problem(400, 'invalid-request', { errors: [{ pointer, detail: must }] }));
      expect(answer.text).not.toContain(SECRET);
    },
  );

  it('accepts what fits into a message of Temporal, and answers 413 to more', async () => {
    const large = [{ metadata: {}, data: Buffer.alloc(4 * 1024 * 1024, 1).toString('base64') }];
    expect(await decode(await encryptedWith(PAYLOAD_KEYS, large))).toMatchObject({
      status: 200,
      body: { payloads: large },
    });
    expect(await statusForBodySize(8 * 1024 * 1024 + 1)).toBe(413);
  });

  it('answers with problems to invalid JSON, another method and another address', async () => {
    const call = (method: string, path: string, body?: string) =>
      environment.call(method, path, { key: CODEC_KEY, ...(body === undefined ? {} : { body }) });
    expect(await call('POST', '/codec/decode', `{"payloads":[${SECRET}`)).toEqual(
      problem(400, 'invalid-request', { detail: 'The body is not valid JSON.' }),
    );
    expect(await call('GET', '/codec/decode')).toEqual(problem(405, 'method-not-allowed'));
    expect(await call('POST', '/codec/rotate', '{}')).toEqual(problem(404, 'not-found'));
  });

  it('does not exist if no reader is configured', async () => {
    const gateway = await environment.startGateway({
      SIGNING_CODEC_KEYS: '',
      SIGNING_CODEC_CLAIM: '',
      SIGNING_CODEC_ORIGINS: '',
    });
    for (const key of [KEY, CODEC_KEY, auditorToken()])
      expect(await callAt(gateway.url, 'POST', '/codec/decode', { key, body: { payloads: [] } })).toEqual(
        problem(404, 'not-found'),
      );
    expect((await callAt(gateway.url, 'GET', '/openapi.json')).text).not.toContain('/codec/');
  });
});

describe('A reader of encrypted payloads', () => {
  it.each([CODEC_KEY, NEXT_CODEC_KEY])('may have one of the codec keys: %s', async (key) => {
    expect(await decode([], key)).toMatchObject({ status: 200 });
  });

  it.each([
    ['no key', null, 'Bearer realm="signing"'],
    ['a wrong key', 'wrong', 'Bearer realm="signing", error="invalid_token"'],
    ['a key of the gateway', KEY, 'Bearer realm="signing", error="invalid_token"'],
  ])('may not have %s', async (_, key, challenge) => {
    for (const action of ['decode', 'encode']) {
      const answer = await environment.call('POST', `/codec/${action}`, { key, body: { payloads: [] } });
      expect(answer).toEqual(problem(401, 'unauthorized'));
      expect(answer.headers.get('www-authenticate')).toBe(challenge);
    }
  });

  it('cannot start or see signings with that key', async () => {
    for (const [method, path] of [
      ['GET', '/signings'],
      ['POST', '/signings'],
      ['POST', '/documents'],
    ] as const)
      expect(await environment.call(method, path, { key: CODEC_KEY })).toEqual(problem(401, 'unauthorized'));
    const withoutEmployee = auditorToken({ employeeId: undefined, sub: 'auditor-7' });
    expect(await environment.call('GET', '/signings', { key: withoutEmployee })).toEqual(
      problem(401, 'unauthorized'),
    );
  });

  it.each([
    ['a list that has the value', ['signing-auditor']],
    ['the value', 'signing-auditor'],
  ])('may have a token whose claim is %s', async (_, roles) => {
    expect(await decode([], provider.token({ roles }))).toMatchObject({ status: 200 });
  });

  it.each([
    ['no such claim', undefined],
    ['other roles', ['employee', 'signing-auditors']],
    ['a role that contains it', 'no-signing-auditor'],
    ['the value in a list of lists', [['signing-auditor']]],
    ['the value as a name', { 'signing-auditor': true }],
  ])('may not be an employee whose token has %s', async (_, roles) => {
    const answer = await decode([], provider.token({ roles }));
    expect(answer).toEqual(problem(403, 'forbidden'));
  });

  it('may not have a token with the claim that is not valid, or names nobody', async () => {
    for (const key of [
      provider.token({ roles: ['signing-auditor'] }, 'another key'),
      provider.token({ roles: ['signing-auditor'] }, 'none'),
      auditorToken({ aud: 'another-gateway' }),
      auditorToken({ exp: 1 }),
      auditorToken({ employeeId: undefined }),
    ])
      expect(await decode([], key)).toEqual(problem(401, 'unauthorized'));
  });

  it('is in the log with the number of payloads, once for each response, without their content', async () => {
    const before = decryptionLog().length;
    const refusals = (): number => environment.gateway.output().split('"status":422').length;
    const refusedBefore = refusals();
    await decode(await encryptedWith(PAYLOAD_KEYS));
    await decode(PLAIN.slice(1), auditorToken());
    await decode([], auditorToken({ employeeId: undefined, sub: 'auditor-7' }));
    await decode(await encryptedWith(`k2:${generatePayloadKey()}`));
    await waitUntil('the last call is logged', () => refusals() > refusedBefore);
    const logged = decryptionLog().slice(before);
    expect(logged.map(({ caller, payloads, level }) => [level, caller, payloads])).toEqual([
      ['info', 'codec/ops', 2],
      ['info', 'codec/jwt/45', 1],
      ['info', 'codec/jwt/auditor-7', 0],
    ]);
    const written = environment.gateway.output();
    const [encrypted] = await encryptedWith(PAYLOAD_KEYS);
    const values = [
      SECRET,
      PLAIN[0]?.data,
      base64(SECRET),
      encrypted?.metadata['encryption-key-id'],
      CODEC_KEY,
    ];
    expect(values.filter((value) => value !== undefined && written.includes(value))).toEqual([]);
  });
});

it('A reader that disconnects before the end of a response is in the log, too', async () => {
  const large = { metadata: {}, data: Buffer.alloc(1024 * 1024, 1).toString('base64') };
  const headers = { authorization: `Bearer ${CODEC_KEY}`, 'content-type': 'application/json' };
  await new Promise<void>((resolve) => {
    const asked = request(`${environment.gateway.url}/codec/decode`, { method: 'POST', headers }, () => {
      asked.destroy();
      resolve();
    });
    asked.end(JSON.stringify({ payloads: [large, large, large, large, {}] }));
  });
  await environment.gateway.waitFor('"caller":"codec/ops","payloads":5,"msg":"payloads decoded"');
});

describe('A web page', () => {
  const corsOf = ({ headers }: HttpResponse): string[] =>
    [...headers.keys()].filter((name) => name.startsWith('access-control-'));
  const preflight = (origin: string, path = '/codec/decode'): Promise<HttpResponse> =>
    environment.call('OPTIONS', path, {
      key: null,
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,authorization-extras,content-type,x-namespace',
      },
    });

  it('of a listed origin may call with the headers of the Temporal UI, and its preflight needs no key', async () => {
    const answer = await preflight(UI);
    expect(answer.status).toBe(204);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': UI,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'Authorization, Authorization-Extras, Content-Type, X-Namespace',
      vary: 'Origin',
    });
  });

  it('of a listed origin can read responses and errors', async () => {
    const headers = { origin: UI };
    for (const [key, status, body] of [
      [CODEC_KEY, 200, { payloads: PLAIN }],
      [CODEC_KEY, 400, []],
      [CODEC_KEY, 422, { payloads: await encryptedWith(`k2:${generatePayloadKey()}`) }],
      [provider.token(), 403, { payloads: [] }],
      ['wrong', 401, { payloads: [] }],
    ] as const) {
      const answer = await environment.call('POST', '/codec/decode', { key, headers, body });
      expect(answer.status).toBe(status);
      expect(answer.headers.get('access-control-allow-origin')).toBe(UI);
      expect(answer.headers.get('vary')).toBe('Origin');
    }
  });

  it.each([CRM, 'https://evil.example', `${UI}.evil.example`, 'null'])(
    'of another origin gets no CORS headers: %s',
    async (origin) => {
      expect(corsOf(await preflight(origin))).toEqual([]);
      const body = { payloads: PLAIN };
      const answer = await environment.call('POST', '/codec/decode', {
        key: CODEC_KEY,
        headers: { origin },
        body,
      });
      expect(corsOf(answer)).toEqual([]);
      expect(answer.headers.get('vary')).toBe('Origin');
    },
  );

  it('of the Temporal UI can call no other route: those accept only the origins of CRMs', async () => {
    for (const path of ['/signings', '/documents', '/signings/a/cancel']) {
      expect((await preflight(UI, path)).headers.get('access-control-allow-origin')).toBeNull();
      expect((await preflight(CRM, path)).headers.get('access-control-allow-origin')).toBe(CRM);
    }
    const answer = await environment.call('GET', '/signings', { headers: { origin: UI } });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});
