import { type Socket, connect } from 'node:net';
import { REQUEST } from '../../support/requests.js';
import { type GatewayEnvironment, KEY, createGatewayEnvironment, problem } from '../gateway-environment.js';

let environment: GatewayEnvironment;
beforeAll(async () => {
  environment = await createGatewayEnvironment();
});
afterAll(() => environment.close());

/** Sends raw bytes and resolves with the whole response until the connection closes. */
function sendRaw(send: (socket: Socket) => void): Promise<string> {
  const { hostname, port } = new URL(environment.gateway.url);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname);
    socket.on('error', reject).on('data', (chunk) => (text += chunk.toString()));
    socket.on('close', () => {
      resolve(text);
    });
    send(socket);
  });
}

const requestHead = (more: string): string =>
  `POST /signings HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${KEY}\r\n${more}\r\n`;
const parseProblem = (answer: string): unknown => JSON.parse(answer.split('\r\n\r\n')[1] ?? '');

it.each([
  ['malformed JSON', '{"requestId": ', {}, 400, 'invalid-request', 'The body is not valid JSON.'],
  ['an empty body that is called JSON', '', { 'content-type': 'application/json' }, 400, 'invalid-request', 'The body is empty, but its content type is JSON.'],
  ['a dangerous field', '{"__proto__": {}}', {}, 400, 'invalid-request', 'The body is not valid JSON.'],
  ['another content type', '<a/>', { 'content-type': 'application/xml' }, 415, 'unsupported-media-type', 'This request does not accept a body of this content type.'],
  ['plain text', '{}', { 'content-type': 'text/plain' }, 415, 'unsupported-media-type', 'This request does not accept a body of this content type.'],
  ['a form', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'unsupported-media-type', 'This request does not accept a body of this content type.'],
  ['more than a megabyte', JSON.stringify({ ...REQUEST, name: 'x'.repeat(1024 * 1024) }), {}, 413, 'too-large', 'The body is larger than this request may be.'],
])('%s is rejected in one sentence', async (_, body, headers, status, name, detail) => {
  const answer = await environment.call('POST', '/signings', { body, headers });
  expect(answer).toEqual(problem(status, name, { detail }));
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
}); // prettier-ignore

it('an endless body is stopped at a megabyte', async () => {
  const answer = await sendRaw((socket) => {
    const chunk = `${(65_536).toString(16)}\r\n${'x'.repeat(65_536)}\r\n`;
    const more = (): void => {
      while (socket.writable && socket.write(chunk));
    };
    socket.write(requestHead('Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n'));
    socket.on('drain', more);
    more();
  }).catch((error: unknown) => String(error));
  // The connection may be reset before the response is read; either way the gateway keeps running.
  expect(answer).toMatch(/^HTTP\/1\.1 413 |ECONNRESET|EPIPE/);
  expect(await environment.call('GET', '/healthz')).toMatchObject({ status: 200 });
});

it('headers that are too large are a 431', async () => {
  const answer = await sendRaw((socket) => socket.write(requestHead(`X-Large: ${'x'.repeat(20_000)}\r\n`)));
  expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  expect(parseProblem(answer)).toMatchObject({ type: 'urn:signing:problem:too-large', status: 431 });
});

it('a message that is not HTTP is a 400', async () => {
  const answer = await sendRaw((socket) => socket.write('nonsense\r\n\r\n'));
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(parseProblem(answer)).toMatchObject({ type: 'urn:signing:problem:invalid-request', status: 400 });
});

it.each([
  ['a body', `Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{`],
  ['headers', 'X-Slow: '],
])('a client that never ends %s gets 408 and is disconnected', async (_, sent) => {
  const answer = await sendRaw((socket) =>
    socket.write(`POST /signings HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${KEY}\r\n${sent}`),
  );
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  expect(parseProblem(answer)).toMatchObject({ type: 'urn:signing:problem:invalid-request', status: 408 });
});

it('a client that disconnects in the middle of its body does no harm', async () => {
  await sendRaw((socket) => {
    socket.write(requestHead('Content-Type: application/json\r\nContent-Length: 100\r\n'));
    socket.write('{', () => socket.destroy());
  });
  expect(await environment.call('GET', '/healthz')).toMatchObject({ status: 200 });
});

it.each([
  ['PUT', '/signings', 'POST, GET, HEAD'],
  ['DELETE', '/signings/a', 'GET, HEAD'],
  ['GET', '/signings/a/check', 'POST'],
  ['HEAD', '/signings/a/events', 'GET'],
  ['QUERY', '/healthz', 'GET, HEAD'],
])('%s %s gets 405 with the supported methods', async (method, path, allow) => {
  const { status, headers, text } = await environment.call(method, path);
  expect({ status, allow: headers.get('allow')?.split(', ').sort() }).toEqual({
    status: 405,
    allow: allow.split(', ').sort(),
  });
  if (method !== 'HEAD')
    expect(JSON.parse(text)).toMatchObject({ type: 'urn:signing:problem:method-not-allowed' });
});

it.each([
  '/',
  '/signing',
  '/signings/',
  '/signings/a/b',
  '/signings/a/check/',
  '/%zz',
  '/signings/..%2f..%2fetc',
])('there is nothing at %s', async (path) => {
  const answer = await environment.call('GET', path);
  expect([400, 404]).toContain(answer.status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.text).not.toMatch(/node_modules|\n {4}at /);
});

describe('A requestId that is too long', () => {
  it.each([201, 1000, 1001, 8000])(
    'of %i characters names no signing, and is not an internal error',
    async (length) => {
      const path = `/signings/${'a'.repeat(length)}`;
      for (const [method, more] of [
        ['GET', ''],
        ['GET', '/events'],
        ['POST', '/check'],
        ['POST', '/cancel'],
      ] as const) {
        const answer = await environment.call(method, `${path}${more}`);
        expect([400, 404]).toContain(answer.status);
        expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      }
    },
  );
});

it.each([
  ['a cursor', '/signings?cursor=CURSOR', {}],
  ['a state', '/signings?state=CURSOR', {}],
  ['a record', '/signings?crmRecord=CURSOR', {}],
  ['an unknown field', '/signings?CURSOR=1', {}],
  ['an address', '/CURSOR', {}],
  ['an address of the docs', '/docs/static/CURSOR', {}],
  ['a codec address', '/codec/CURSOR', {}],
  ['an Idempotency-Key', '/signings', { 'idempotency-key': 'CURSOR' }],
  ['a Last-Event-ID', '/signings/nobody/events', { 'last-event-id': 'CURSOR' }],
])('%s of 8,000 characters is not an internal error', async (_, path, headers: Record<string, string>) => {
  const long = 'a'.repeat(8000);
  const filled = Object.fromEntries(Object.entries(headers).map(([name]) => [name, long]));
  const method = 'idempotency-key' in headers ? 'POST' : 'GET';
  const answer = await environment.call(method, path.replace('CURSOR', long), { headers: filled });
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
});

it.each(['/signings', '/signings/nobody', '/nothing/here'])(
  'a connection without a key closes after the response: %s',
  async (path) => {
    const answer = await sendRaw((socket) => socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`));
    expect(answer).toMatch(/^HTTP\/1\.1 40[14] /);
    expect(answer).toMatch(/\r\nconnection: close\r\n/i);
    const wrong = await sendRaw((socket) =>
      socket.write(
        `POST ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer wrong\r\nContent-Length: 2\r\n\r\n{}`,
      ),
    );
    expect(wrong).toMatch(/^HTTP\/1\.1 40[145] /);
  },
);
