import { request as httpRequest } from 'node:http';
import type { FakeFlexperto, Fault } from '../../fake-flexperto/index.js';
import { startFakeFlexperto } from '../../fake-flexperto/index.js';
import {
  CONTRACTS_PATH,
  INITIATE_REQUEST,
  type Reply,
  attach,
  call,
  createSession,
  initiate,
  list,
  parseJson,
  upload,
  uploadUrl,
} from './client.js';

let fake: FakeFlexperto;

beforeAll(async () => {
  fake = await startFakeFlexperto();
});
beforeEach(() => {
  fake.reset();
});
afterAll(async () => {
  await fake.close();
});

const catchError = (reply: Promise<unknown>): Promise<unknown> =>
  reply.then(
    () => 'answered',
    (error: unknown) => error,
  );

/** Waits until the condition holds at the fake. */
async function waitUntil(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** An initiate whose client hangs up as soon as the condition holds. */
async function hangUpWhen(condition: () => boolean): Promise<void> {
  const client = new AbortController();
  const headers = { 'api-key': fake.apiKey, 'x-user-id': '45' };
  const body = JSON.stringify({
    name: 'n',
    method: 'aes',
    participants: [{ email: 'a@b.invalid', firstname: 'A', lastname: 'B', mobile: '+491761234567' }],
  });
  const reply = catchError(
    fetch(`${fake.url}${CONTRACTS_PATH}/sessions/initiate`, {
      method: 'POST',
      headers,
      body,
      signal: client.signal,
    }),
  );
  await waitUntil(condition);
  client.abort();
  await reply;
}

describe('a fault with a status', () => {
  test('rejects the given number of calls without effect, and is then used up', async () => {
    fake.faults.add({
      call: 'initiate',
      status: 503,
      times: 2,
      retryAfter: '7',
      headers: { 'x-trace': 'abc' },
    });
    const replies = [await initiate(fake), await initiate(fake), await initiate(fake)];
    expect(replies.map(({ status }) => status)).toEqual([503, 503, 201]);
    expect(replies[0]).toMatchObject({
      text: '{"message":"fault 503"}',
      headers: { 'retry-after': '7', 'x-trace': 'abc' },
    });
    expect(fake.sessions()).toHaveLength(1);
    expect(fake.faults.pending()).toEqual([]);
    expect(fake.ledger.entries().map(({ fault, status }) => [fault, status])).toEqual([
      [true, 503],
      [true, 503],
      [undefined, 201],
    ]);
  });

  test('can have its own body, and the effect despite the status', async () => {
    fake.faults.add({ call: 'initiate', status: 502, effect: true, body: { error: 'bad gateway' } });
    expect(await initiate(fake)).toMatchObject({ status: 502, text: '{"error":"bad gateway"}' });
    expect(fake.ledger.effects('session-initiated')).toMatchObject([{ sessionId: 13, status: 502 }]);
  });

  test('skips the first calls, and can be cleared', async () => {
    fake.faults.add({ call: 'list', status: 500, skip: 1, times: 5 });
    const sessionId = await createSession(fake);
    const first = await list(fake, sessionId);
    const second = await list(fake, sessionId);
    expect([first.status, second.status]).toEqual([200, 500]);
    expect(fake.faults.pending()).toMatchObject([{ call: 'list', skip: 0, times: 4 }]);
    fake.faults.clear();
    expect((await list(fake, sessionId)).status).toBe(200);
  });

  test('hits only the upload and the attach of the named document', async () => {
    fake.faults.add({ call: 'upload', document: 'b.pdf', status: 500 });
    fake.faults.add({ call: 'attach', document: 'b.pdf', status: 500 });
    const sessionId = await createSession(fake);
    const url = await uploadUrl(fake, sessionId);
    const uploads: number[] = [];
    for (const name of ['a.pdf', 'b.pdf', 'b.pdf'])
      uploads.push((await upload(url, name, Buffer.from(name))).status);
    expect(uploads).toEqual([200, 500, 200]);
    const files = fake.sessions()[0]?.files ?? [];
    const attaches: number[] = [];
    for (const { id } of [...files, ...files.slice(1)])
      attaches.push((await attach(fake, sessionId, id)).status);
    expect(attaches).toEqual([200, 500, 200]);
  });
});

test('a fault for one contract session hits no call of another one', async () => {
  const calls = ['initiate', 'upload-url', 'upload', 'attach', 'list'] as const;
  for (const call of calls) fake.faults.add({ call, session: 'unlucky', status: 500 });
  const lucky = await createSession(fake);
  const file = parseJson(await upload(await uploadUrl(fake, lucky), 'a.pdf', Buffer.from('a')));
  expect((await attach(fake, lucky, String(file['id']))).status).toBe(200);
  expect((await list(fake, lucky)).status).toBe(200);

  const start = (): Promise<Reply> => initiate(fake, { ...INITIATE_REQUEST, name: 'unlucky' });
  expect((await start()).status).toBe(500);
  const unlucky = Number(parseJson(await start())['id']);
  expect(await uploadUrl(fake, unlucky)).toBe('undefined');
  const url = await uploadUrl(fake, unlucky);
  expect((await upload(url, 'a.pdf', Buffer.from('a'))).status).toBe(500);
  const { id } = parseJson(await upload(url, 'a.pdf', Buffer.from('a')));
  expect((await attach(fake, unlucky, String(id))).status).toBe(500);
  expect((await list(fake, unlucky)).status).toBe(500);
  expect(fake.faults.pending()).toEqual([]);
});

test('a fault can make one upload URL expire early', async () => {
  fake.faults.add({ call: 'upload-url', uploadUrlSeconds: 5 });
  const session = await createSession(fake);
  const [early, usual] = [await uploadUrl(fake, session), await uploadUrl(fake, session)];
  fake.clock.advance(6);
  expect((await upload(early, 'a.pdf', Buffer.from('a'))).status).toBe(401);
  expect((await upload(usual, 'a.pdf', Buffer.from('a'))).status).toBe(200);
});

describe('a reset', () => {
  test.each([
    ['before', 0],
    ['after', 1],
  ] as const)('%s the effect breaks the connection with %i sessions made', async (reset, sessions) => {
    fake.faults.add({ call: 'initiate', reset });
    expect(await catchError(initiate(fake))).toMatchObject({ code: 'ECONNRESET' });
    expect(fake.sessions()).toHaveLength(sessions);
    expect(fake.ledger.entries()).toMatchObject([{ call: 'initiate', status: null, fault: true }]);
  });

  test('of an upload comes during the transfer of the body', async () => {
    fake.faults.add({ call: 'upload', reset: 'before' });
    const url = await uploadUrl(fake, await createSession(fake));
    expect(await catchError(upload(url, 'a.pdf', Buffer.alloc(5_000_000)))).not.toBe('answered');
    expect(fake.ledger.entries().at(-1)).toMatchObject({
      call: 'upload',
      documentName: 'a.pdf',
      status: null,
      effect: null,
    });
    expect((await upload(url, 'a.pdf', Buffer.alloc(5_000_000))).status).toBe(200);
  });
});

test('an upload whose client disconnects half-way stores nothing', async () => {
  const url = await uploadUrl(fake, await createSession(fake));
  const headers = { 'content-type': 'multipart/form-data; boundary=x' };
  const request = httpRequest(url, { method: 'POST', headers });
  request.on('error', () => undefined);
  request.write('--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\nhalf');
  await waitUntil(() => fake.ledger.entries().at(-1)?.documentName === 'a.pdf');
  expect(fake.ledger.entries().at(-1)).toMatchObject({ transfer: 'chunked', status: null, effect: null });
  request.destroy();
  expect((await upload(url, 'b.pdf', Buffer.from('b'))).status).toBe(200);
  expect(fake.sessions()[0]?.files.map(({ name }) => name)).toEqual(['b.pdf']);
});

describe('a delay', () => {
  test('delays the answer but not the effect: a client that disconnects has created a session', async () => {
    fake.faults.add({ call: 'initiate', delaySeconds: 60 });
    await hangUpWhen(() => fake.sessions().length === 1);
    expect(fake.ledger.effects('session-initiated')).toMatchObject([{ status: null }]);
  });

  test('before the effect lets the call take effect after the client has disconnected', async () => {
    fake.faults.add({ call: 'initiate', delaySeconds: 0.3, delayBefore: true });
    await hangUpWhen(() => fake.ledger.entries().length === 1);
    expect(fake.sessions()).toHaveLength(0);
    await waitUntil(() => fake.sessions().length === 1);
    expect(fake.ledger.effects('session-initiated')).toMatchObject([{ status: null }]);
  });

  test('ends with a reset of the fake, and the delayed call never takes effect', async () => {
    fake.faults.add({ call: 'initiate', delaySeconds: 60, delayBefore: true });
    const reply = catchError(initiate(fake));
    await waitUntil(() => fake.ledger.entries()[0]?.fault === true);
    fake.reset();
    expect(await reply).not.toBe('answered');
    expect(fake.sessions()).toEqual([]);
  });
});

describe('a distorted answer', () => {
  test('can come slowly and is complete', async () => {
    fake.faults.add({ call: 'initiate', slowBody: 2000 });
    expect((await initiate(fake)).text).toContain('"foreign_session_id"');
    expect(fake.faults.pending()).toEqual([]);
  });

  test('can end after half of its length', async () => {
    fake.faults.add({ call: 'initiate', truncate: true });
    expect(await catchError(initiate(fake))).toMatchObject({ code: 'ECONNRESET' });
    expect(fake.sessions()).toHaveLength(1);
  });

  test.each(['{"id": 13, "updated_at": undefined}', '<html>maintenance</html>', ''])(
    'can be any text in place of the body, after the effect: %p',
    async (answer) => {
      fake.faults.add({ call: 'initiate', answer });
      expect(await initiate(fake)).toMatchObject({ status: 201, text: answer });
      expect(fake.sessions()).toHaveLength(1);
    },
  );
});

test.each<[Fault['call']]>([['upload-url'], ['upload'], ['attach'], ['list'], ['hand-over']])(
  'a fault on %s hits this call and no other',
  async (name) => {
    const other = await startFakeFlexperto({ handOver: `PUT ${CONTRACTS_PATH}/sessions/{sessionId}/done` });
    const sessionId = await createSession(other);
    const url = await uploadUrl(other, sessionId);
    other.faults.add({ call: name, status: 418 });
    const at = `${CONTRACTS_PATH}/sessions/${sessionId}`;
    const replies = {
      'upload-url': await call(other, { path: `${at}/documents/upload-url` }),
      upload: await upload(url, 'a.pdf', Buffer.from('a')),
      attach: await attach(other, sessionId, other.sessions()[0]?.files[0]?.id ?? ''),
      list: await list(other, sessionId),
      'hand-over': await call(other, { method: 'PUT', path: `${at}/done` }),
    };
    const hit = Object.entries(replies).filter(([, { status }]) => status === 418);
    expect(hit.map(([which]) => which)).toEqual([name]);
    await other.close();
  },
);
