import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import type { FakeFlexperto } from '../../fake-flexperto/index.js';
import { MAX_TOTAL_BYTES, startFakeFlexperto } from '../../fake-flexperto/index.js';
import {
  CONTRACTS_PATH,
  INITIATE_REQUEST,
  attach,
  call,
  createSession,
  createSessionWithDocuments,
  initiate,
  list,
  parseJson,
  upload,
  uploadUrl,
} from './client.js';

const HAND_OVER = `POST ${CONTRACTS_PATH}/sessions/{sessionId}/handover`;
const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/;
let fake: FakeFlexperto;

beforeAll(async () => {
  fake = await startFakeFlexperto({ handOver: HAND_OVER });
});
beforeEach(() => {
  fake.reset();
});
afterAll(async () => {
  await fake.close();
});

const statuses = (): string[] =>
  fake.sessions().flatMap((session) => session.documents.map((one) => one.status));

describe('authentication and unknown paths', () => {
  const path = `${CONTRACTS_PATH}/sessions/initiate`;

  test.each([
    ['a missing API key is refused with 401', { 'x-user-id': '45' }, 401],
    ['a wrong API key is refused with 401', { 'x-user-id': '45', 'api-key': 'no' }, 401],
    ['a missing employee is refused with 400', { 'api-key': 'fake-api-key' }, 400],
  ])('%s', async (_title, headers, status) => {
    const reply = await call(fake, { method: 'POST', path, headers, body: INITIATE_REQUEST });
    expect([reply.status, typeof parseJson(reply)['message']]).toEqual([status, 'string']);
    expect(fake.sessions()).toEqual([]);
  });

  test('the fake answers 404 in JSON to an unknown path and records it in the ledger', async () => {
    expect(await call(fake, { path: '/api/v2/nothing' })).toMatchObject({
      status: 404,
      text: '{"message":"not found"}',
    });
    expect(fake.ledger.entries()).toMatchObject([{ call: 'unknown', path: '/api/v2/nothing', status: 404 }]);
  });

  test('a session exists only for its owner', async () => {
    const sessionId = await createSession(fake);
    const headers = { 'api-key': fake.apiKey, 'x-user-id': '46' };
    const paths = [`documents?sessionId=${sessionId}`, `sessions/${sessionId}/documents/upload-url`];
    const replies = await Promise.all(
      paths.map((end) => call(fake, { path: `${CONTRACTS_PATH}/${end}`, headers })),
    );
    expect(replies.map(({ status }) => status)).toEqual([404, 404]);
  });
});

describe('initiate', () => {
  test('answers as on the page, without the times that are undefined there', async () => {
    const session = parseJson(await initiate(fake));
    expect(session).toMatchObject({ id: 13, expert_id: 45, customer_id: 385, transaction_completed: false });
    expect(Object.keys(session).join()).toBe(
      'id,expert_id,customer_id,name,expert_email,expert_name,customer_name,customer_email,method,transaction_completed,created_at,meta',
    );
  });

  test('creates another session when it is called again with the same body', async () => {
    expect([await createSession(fake), await createSession(fake)]).toEqual([13, 14]);
    expect(fake.ledger.effects('session-initiated').map(({ sessionId }) => sessionId)).toEqual([13, 14]);
  });

  const [participant] = INITIATE_REQUEST.participants;
  test.each([
    ['name', { ...INITIATE_REQUEST, name: '' }],
    ['method', { ...INITIATE_REQUEST, method: 'pes' }],
    ['participants', { ...INITIATE_REQUEST, participants: [participant, participant] }],
    ['participants', { ...INITIATE_REQUEST, participants: [] }],
    ...['email', 'firstname', 'lastname', 'mobile'].map((name): [string, unknown] => [
      name,
      { ...INITIATE_REQUEST, participants: [{ ...participant, [name]: undefined }] },
    ]),
    ['mobile', { ...INITIATE_REQUEST, participants: [{ ...participant, mobile: '0176 1234' }] }],
  ])('refuses a body whose %s is wrong with 422 and names the field', async (name, body) => {
    const reply = await initiate(fake, body);
    expect([reply.status, String(parseJson(reply)['message']).includes(name)]).toEqual([422, true]);
  });
});

describe('upload URL and upload', () => {
  test('the token is an RS256 JWT with the claims of the page, an hour long', async () => {
    fake.clock.set(new Date('2021-10-28T15:19:38.200Z'));
    const url = new URL(await uploadUrl(fake, await createSession(fake)));
    const parts = (url.searchParams.get('token') ?? '').split('.').slice(0, 2);
    const [header, claims] = parts.map(
      (part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as unknown,
    );
    expect(url.origin + url.pathname).toBe(`${fake.uploadUrl}/api/v1/files/upload`);
    expect(new URL(fake.uploadUrl).port).not.toBe(new URL(fake.url).port);
    expect(header).toEqual({ typ: 'JWT', alg: 'RS256' });
    const owner = { account_id: 45, account_role: 'expert', tenant: 'fake' };
    const exp = Date.parse('2021-10-28T16:19:38Z') / 1000;
    expect(claims).toMatchObject({
      aud: 'portunus',
      exp,
      metadata: { contract_session_id: 13 },
      owner,
      version: 'v1',
    });
  });

  test('one URL takes several uploads, and each creates a file, also for the same document', async () => {
    const url = await uploadUrl(fake, await createSession(fake));
    const files = [
      await upload(url, 'größe.pdf', Buffer.from('abc')),
      await upload(url, 'größe.pdf', Buffer.from('abc')),
    ];
    const ids = files.map((file) => String(parseJson(file)['id']));
    expect(new Set(ids).size).toBe(2);
    expect(ids.every((id) => UUID.test(id))).toBe(true);
    const sha256 = createHash('sha256').update('abc').digest('hex');
    const [session] = fake.sessions();
    expect(session?.files).toMatchObject(ids.map((id) => ({ id, name: 'größe.pdf', bytes: 3, sha256 })));
    expect(parseJson(files[0] ?? { status: 0, text: '{}', headers: {} })).toMatchObject({
      owner: { account_id: 45 },
      metadata: { contract_session_id: 13 },
    });
  });

  test('an upload with an expired token gets 401, with a forged token 403', async () => {
    fake.settings.uploadUrlSeconds = 10;
    const url = await uploadUrl(fake, await createSession(fake));
    const [head = '', payload = ''] = url.split('.').slice(-3);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const signed = `${head}.${payload}`;
    const forged = sign('RSA-SHA256', Buffer.from(signed), privateKey).toString('base64url');
    expect(
      (await upload(`${url.slice(0, url.lastIndexOf('.'))}.${forged}`, 'a.pdf', Buffer.from('a'))).status,
    ).toBe(403);
    fake.clock.advance(11);
    expect(await upload(url, 'a.pdf', Buffer.from('a'))).toMatchObject({
      status: 401,
      text: '{"message":"token expired"}',
    });
    expect(fake.ledger.effects('file-uploaded')).toEqual([]);
  });

  test('an upload that is not multipart, incomplete, or without a field named file is rejected', async () => {
    const url = await uploadUrl(fake, await createSession(fake));
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(400);
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    const body = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\nbroken o';
    expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(400);
    expect((await upload(url, 'a.pdf', Buffer.from('a'), 'document')).status).toBe(422);
  });

  test('the ledger records the API key at the upload host and the announced length of the body', async () => {
    const url = await uploadUrl(fake, await createSession(fake));
    await upload(url, 'a.pdf', Buffer.from('a'));
    await fetch(url, {
      method: 'POST',
      body: new URLSearchParams({ a: 'b' }),
      headers: { 'api-key': fake.apiKey },
    });
    const uploads = fake.ledger.entries().filter((entry) => entry.call === 'upload');
    expect(uploads.map(({ apiKey }) => apiKey)).toEqual(['absent', 'right']);
    expect(uploads.map(({ transfer }) => transfer)).toEqual(['content-length', 'content-length']);
    expect(JSON.stringify(fake.ledger.entries())).not.toMatch(/eyJ|fake-api-key/);
  });
});

describe('attach, list and hand over', () => {
  test('attach answers in the format of the page, and the list keeps the order of attaching', async () => {
    const sessionId = await createSessionWithDocuments(fake, 'b.pdf', 'a.pdf');
    const documents = JSON.parse((await list(fake, sessionId)).text) as Record<string, unknown>[];
    expect(documents.map(({ id, name, status }) => [id, name, status])).toEqual([
      [1362, 'b.pdf', 'ATTACHED'],
      [1363, 'a.pdf', 'ATTACHED'],
    ]);
    expect(Object.keys(documents[0] ?? {}).join()).toBe(
      'id,name,status,original_file_id,failure_reason,created_at,updated_at',
    );
    expect(documents[0]?.['created_at']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0200$/);
  });

  test('attaching the same file twice creates two documents, and an unknown file is a 404', async () => {
    const sessionId = await createSessionWithDocuments(fake, 'a.pdf');
    const fileId = fake.sessions()[0]?.files[0]?.id ?? '';
    expect((await attach(fake, sessionId, fileId)).status).toBe(200);
    expect(fake.ledger.effects('document-attached').map((entry) => entry.fileId)).toEqual([fileId, fileId]);
    expect((await attach(fake, sessionId, 'no-such-file')).status).toBe(404);
  });

  test.each(['POST', 'GET'] as const)('when attach is %s, the other method is a 405', async (method) => {
    fake.settings.attach = method;
    const sessionId = await createSession(fake);
    const file = parseJson(await upload(await uploadUrl(fake, sessionId), 'a.pdf', Buffer.from('a')));
    const other = method === 'POST' ? 'GET' : 'POST';
    expect((await attach(fake, sessionId, String(file['id']), other)).status).toBe(405);
    expect((await attach(fake, sessionId, String(file['id']), method)).status).toBe(200);
  });

  test('attach can answer without a body, and the list can be an object or absent', async () => {
    fake.settings.attachAnswer = 'empty';
    fake.settings.listShape = 'object';
    const sessionId = await createSessionWithDocuments(fake, 'a.pdf');
    const fileId = fake.sessions()[0]?.files[0]?.id ?? '';
    expect(await attach(fake, sessionId, fileId)).toMatchObject({ status: 200, text: '' });
    expect(parseJson(await list(fake, sessionId))['documents']).toHaveLength(2);
    fake.settings.list = false;
    expect(await list(fake, sessionId)).toMatchObject({ status: 404, text: '{"message":"not found"}' });
    expect((await list(fake, 99)).status).toBe(404);
  });

  test('a session takes at most 20 documents', async () => {
    const sessionId = await createSessionWithDocuments(
      fake,
      ...Array.from({ length: 20 }, (_, index) => `${index}.pdf`),
    );
    const fileId = fake.sessions()[0]?.files[0]?.id ?? '';
    expect((await attach(fake, sessionId, fileId)).status).toBe(422);
  });

  test('a session takes at most 50 MB: a larger upload is a 413, a larger attachment a 422', async () => {
    const sessionId = await createSession(fake);
    const url = await uploadUrl(fake, sessionId);
    expect((await upload(url, 'over.pdf', Buffer.alloc(MAX_TOTAL_BYTES + 1))).status).toBe(413);
    const small = parseJson(await upload(url, 'small.pdf', Buffer.alloc(1)));
    const whole = parseJson(await upload(url, 'whole.pdf', Buffer.alloc(MAX_TOTAL_BYTES)));
    expect((await attach(fake, sessionId, String(whole['id']))).status).toBe(200);
    expect((await attach(fake, sessionId, String(small['id']))).status).toBe(422);
    expect((await upload(url, 'more.pdf', Buffer.alloc(1))).status).toBe(413);
  });

  test('an expired file is gone, and an attached document stays', async () => {
    const sessionId = await createSession(fake);
    fake.settings.fileSeconds = 3600;
    const url = await uploadUrl(fake, sessionId);
    const first = parseJson(await upload(url, 'a.pdf', Buffer.from('%PDF')));
    const second = parseJson(await upload(url, 'b.pdf', Buffer.from('%PDF')));
    expect((await attach(fake, sessionId, String(first['id']))).status).toBe(200);
    fake.clock.advance(3601);
    expect((await attach(fake, sessionId, String(second['id']))).status).toBe(404);
    expect(statuses()).toEqual(['ATTACHED']);
  });

  test('after the hand-over call, documents are UPLOADED and attach is no longer possible', async () => {
    const sessionId = await createSessionWithDocuments(fake, 'a.pdf');
    const path = `${CONTRACTS_PATH}/sessions/${sessionId}/handover`;
    expect((await call(fake, { method: 'POST', path })).status).toBe(204);
    expect(statuses()).toEqual(['UPLOADED']);
    expect((await attach(fake, sessionId, fake.sessions()[0]?.files[0]?.id ?? '')).status).toBe(409);
    expect((await call(fake, { method: 'POST', path })).status).toBe(409);
    expect(fake.ledger.effects('session-handed-over')).toHaveLength(1);
  });

  test('without a configured hand-over the call does not exist', async () => {
    const plain = await startFakeFlexperto();
    const path = `${CONTRACTS_PATH}/sessions/13/handover`;
    expect((await call(plain, { method: 'POST', path })).status).toBe(404);
    await plain.close();
  });
});

describe('the actions of people in the Dashboard', () => {
  test('a session goes from ATTACHED through UPLOADED and UPDATED to FINISHED', async () => {
    const sessionId = await createSessionWithDocuments(fake, 'a.pdf', 'b.pdf');
    expect(() => {
      fake.sign(sessionId);
    }).toThrow('no document of session 13 awaits signature');
    fake.handOver(sessionId);
    fake.update(sessionId);
    fake.sign(sessionId, 1363);
    expect(statuses()).toEqual(['UPDATED', 'FINISHED']);
    fake.sign(sessionId);
    expect(statuses()).toEqual(['FINISHED', 'FINISHED']);
  });

  test('a failed identification has a reason, a deleted document stays listed, and any status can be set', async () => {
    const sessionId = await createSessionWithDocuments(fake, 'a.pdf', 'b.pdf', 'c.pdf');
    fake.handOver(sessionId);
    fake.failIdentification(sessionId, 1362, 'document expired');
    fake.remove(sessionId, 1363);
    fake.setStatus(sessionId, 1364, 'PAUSED');
    const documents = JSON.parse((await list(fake, sessionId)).text) as Record<string, unknown>[];
    expect(documents.map((one) => [one['status'], one['failure_reason']])).toEqual([
      ['FAILED', 'document expired'],
      ['DELETED', ''],
      ['PAUSED', ''],
    ]);
  });
});
