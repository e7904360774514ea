import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { FakeFlexperto } from '../../fake-flexperto/index.js';
import { startFakeFlexperto } from '../../fake-flexperto/index.js';
import { call, createSession, createSessionWithDocuments, parseJson, uploadUrl } from './client.js';

let fake: FakeFlexperto;

beforeAll(async () => {
  fake = await startFakeFlexperto({
    publicUploadUrl: 'http://fake:4011/',
    apiKey: 'other-key',
    uploadUrlSeconds: 60,
  });
});
beforeEach(() => {
  fake.reset();
});
afterAll(async () => {
  await fake.close();
});

const control = (method: string, name: string, body?: unknown) =>
  call(fake, { method, path: `/_fake/${name}`, body, headers: {} });

test('upload URLs start with the configured public address', async () => {
  expect(await uploadUrl(fake, await createSession(fake))).toMatch(
    /^http:\/\/fake:4011\/api\/v1\/files\/upload\?token=/,
  );
});

test('the dashboard is one page that loads nothing from elsewhere', async () => {
  const page = await call(fake, { path: '/', headers: {} });
  expect(page.headers['content-type']).toContain('text/html');
  expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  expect(page.text).not.toMatch(/(src|href)="https?:/);
});

describe('the control API', () => {
  beforeEach(() => {
    fake.faults.clear();
  });

  test('shows the sessions with their possible actions, and performs an action', async () => {
    const other = await startFakeFlexperto();
    const sessionId = await createSessionWithDocuments(other, 'a.pdf', 'b.pdf');
    const path = `/_fake/sessions/${sessionId}`;
    const act = (name: string, body?: unknown) =>
      call(other, { method: 'POST', path: `${path}/${name}`, body });
    const shown = async (): Promise<unknown> =>
      parseJson(await call(other, { path: '/_fake/state' }))['sessions'];
    expect(await shown()).toMatchObject([{ id: 13, actions: ['hand-over', 'remove'] }]);
    expect((await act('sign')).status).toBe(409);
    for (const name of ['hand-over', 'update']) expect((await act(name)).status).toBe(200);
    await act('fail-identification', { documentId: 1362, reason: 'expired' });
    await act('remove', { documentId: 1363 });
    const documents = [
      { status: 'FAILED', failureReason: 'expired', actions: [] },
      { status: 'DELETED', actions: [] },
    ];
    expect(await shown()).toMatchObject([{ documents, actions: [] }]);
    expect((await act('dance')).status).toBe(404);
    await other.close();
  });

  test('shows the ledger from any call on, so that a follower reads each call once', async () => {
    for (let made = 0; made < 2; made += 1) await createSession(fake);
    const after = async (count: number | string) => control('GET', `ledger?after=${count}`);
    const lengths = await Promise.all(
      [0, 1, 2].map(async (count) => parseJson(await after(count))['length']),
    );
    expect(lengths).toEqual([2, 1, 0]);
    expect(await after('-1')).toMatchObject({ status: 400 });
  });

  test('arms, shows and clears faults, and shows the ledger', async () => {
    expect((await control('POST', 'faults', { call: 'list', status: 500, times: 3 })).status).toBe(200);
    expect(fake.faults.pending()).toMatchObject([{ call: 'list', times: 3 }]);
    const more = ['attach', 'upload'].map((call) => ({ call, session: 'Task-123', status: 500 }));
    await control('POST', 'faults', more);
    expect(fake.faults.pending()).toMatchObject([{ call: 'list' }, ...more]);
    await control('DELETE', 'faults');
    expect(fake.faults.pending()).toEqual([]);
    await createSession(fake);
    expect((await control('GET', 'ledger')).text).toContain('"effect":"session-initiated"');
  });

  test.each([
    ['POST', 'faults', { call: 'sign', staus: 500 }, ['call', 'staus']],
    ['POST', 'faults', { call: 'list', times: 0 }, ['times']],
    ['POST', 'clock', { hours: 1 }, ['advanceSeconds']],
    ['PATCH', 'settings', { attach: 'PUT' }, ['attach']],
    ['POST', 'faults', undefined, ['fault']],
  ])('%s %s with %j is refused in a sentence that names what is wrong', async (method, name, body, words) => {
    const reply = await control(method, name, body);
    expect(reply.status).toBe(400);
    for (const word of words) expect(parseJson(reply)['message']).toContain(word);
  });

  test('moves the clock, changes settings, and resets all of it', async () => {
    await control('POST', 'clock', { set: '2030-01-01T00:00:00Z' });
    await control('POST', 'clock', { advanceSeconds: 3600 });
    expect(fake.clock.now().toISOString()).toMatch(/^2030-01-01T01:/);
    await control('PATCH', 'settings', { list: false, listShape: 'object' });
    expect(fake.settings).toMatchObject({
      list: false,
      listShape: 'object',
      attach: 'POST',
      uploadUrlSeconds: 60,
    });
    await createSession(fake);
    await control('POST', 'reset');
    expect(fake.settings).toMatchObject({ list: true, listShape: 'array' });
    expect(fake.clock.now().getUTCFullYear()).not.toBe(2030);
    expect([fake.sessions(), fake.ledger.entries()]).toEqual([[], []]);
  });
});

describe('the process', () => {
  const start = (env: Record<string, string>) => {
    const main = path.join(__dirname, '..', '..', 'fake-flexperto', 'main.js');
    const child = spawn(process.execPath, [main], { env, cwd: __dirname, stdio: ['ignore', 'pipe', 'pipe'] });
    const said: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text: Buffer) => said.push(text.toString()));
    return { child, said };
  };
  const free = { FAKE_FLEXPERTO_PORT: '0', FAKE_FLEXPERTO_UPLOAD_PORT: '0' };

  test('prints one line with the dashboard address when ready, and stops cleanly on SIGTERM', async () => {
    const { child, said } = start({ ...free, FAKE_FLEXPERTO_LIST: 'false' });
    await once(child.stdout, 'data');
    const [address = ''] = /http:\/\/[^\s]+/.exec(said.join('')) ?? [];
    expect((await fetch(address)).status).toBe(200);
    expect(await (await fetch(`${address}_fake/state`)).json()).toMatchObject({ settings: { list: false } });
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(said.join('').split('\n')).toHaveLength(2);
  });

  test.each([
    [
      'a port in use',
      () => ({ FAKE_FLEXPERTO_PORT: new URL(fake.url).port, FAKE_FLEXPERTO_UPLOAD_PORT: '0' }),
      'is in use',
    ],
    ['a wrong value', () => ({ ...free, FAKE_FLEXPERTO_ATTACH: 'PUT' }), 'must be POST or GET'],
    ['a misspelt variable', () => ({ ...free, FAKE_FLEXPERTO_PROT: '1' }), 'FAKE_FLEXPERTO_PROT'],
    [
      'a hand-over without a path',
      () => ({ ...free, FAKE_FLEXPERTO_HANDOVER: 'POST' }),
      'hand-over call must be',
    ],
  ])('%s ends the start with one sentence and code 1', async (_title, env, sentence) => {
    const { child, said } = start(env());
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(said.join('')).toContain(sentence);
    expect(said.join('').trim().split('\n')).toHaveLength(1);
  });
});
