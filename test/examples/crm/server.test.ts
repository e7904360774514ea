import { request as httpRequest } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { SECRET, type ScriptedCrm, createStatusAnswer, startScriptedCrm } from './scripted-gateway.js';

describe('The server of the example CRM', () => {
  let scripted: ScriptedCrm;
  let origin = '';

  beforeEach(async () => {
    scripted = await startScriptedCrm();
    origin = new URL(scripted.crm.url).origin;
  });
  afterEach(() => scripted.close());

  const post = (path: string, body: string, headers: Readonly<Record<string, string>> = { origin }) =>
    fetch(`${origin}${path}`, { method: 'POST', body, headers: { ...headers } });

  test('the page loads nothing from elsewhere, runs no inline code, and allows no frame', async () => {
    const answer = await fetch(`${origin}/`);
    const policy = answer.headers.get('content-security-policy') ?? '';
    for (const rule of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"])
      expect(policy).toContain(rule);
    expect(policy).not.toContain('unsafe');
    expect(await answer.text()).not.toMatch(/<script(?![^>]*\ssrc="\/)|<style|\sstyle=|\son\w+=|https?:/);
  }); // prettier-ignore

  test('another page cannot send in the name of the employee', async () => {
    for (const foreign of [{ origin: 'https://evil.example' }, {}]) {
      const answer = await post('/api/signings', '{}', foreign);
      expect(answer.status).toBe(403);
    }
    expect(scripted.calls).toEqual([]);
  });

  test('the server redirects a call with another host name to its own address', async () => {
    const location = await new Promise((resolve) => {
      httpRequest(`${origin}/api/record`, { headers: { host: 'evil.example' } }, (answer) => {
        answer.resume();
        resolve([answer.statusCode, answer.headers.location]);
      }).end();
    });
    expect(location).toEqual([307, `${origin}/`]);
  });

  test('the server decides who sends to whom, whatever the browser sends', async () => {
    scripted.answers['POST /signings'] = { status: 201, body: { created: true } };
    const body = { requestId: 'one', name: 'Account', employeeId: '46', participants: [], crmRecord: 'x', callbackUrl: 'https://evil.example' };
    expect((await post('/api/signings', JSON.stringify(body))).status).toBe(201);
    expect(JSON.parse(scripted.calls[0]?.body ?? '')).toMatchObject({
      requestId: 'one',
      name: 'Account',
      employeeId: '45',
      participants: [{ firstname: 'John', email: 'john.doe@example.invalid' }],
      crmRecord: 'opportunity/0061',
      callbackUrl: `${origin}/hooks/signing`,
    });
  }); // prettier-ignore

  test.each([
    ['another employee’s', { employeeId: '46' }],
    ['another record’s', { crmRecord: 'opportunity/0062' }],
  ])('the server answers 404 for %s signing', async (_, more) => {
    scripted.answers['GET /signings/one'] = createStatusAnswer('one', more);
    for (const path of ['', '/events', '/callbacks'])
      expect((await fetch(`${origin}/api/signings/one${path}`)).status).toBe(404);
    for (const path of ['/check', '/cancel', '/resolve'])
      expect((await post(`/api/signings/one${path}`, '{}')).status).toBe(404);
    expect(scripted.calls.filter(({ call }) => call.startsWith('POST'))).toEqual([]);
  });

  test('an employee can cancel a signing that this server started while no worker answers', async () => {
    scripted.answers['POST /signings'] = { status: 201, body: { created: true } };
    scripted.answers['GET /signings/one'] = {
      status: 503,
      problem: 'no-worker',
      detail: 'No worker answers.',
    };
    scripted.answers['POST /signings/one/cancel'] = { status: 202, body: { requestId: 'one' } };
    expect((await post('/api/signings/one/cancel', '')).status).toBe(503);
    await post('/api/signings', JSON.stringify({ requestId: 'one' }));
    expect((await post('/api/signings/one/cancel', '')).status).toBe(202);
  });

  test('the server lists each callback once, in the order of the events', async () => {
    scripted.answers['GET /signings/one'] = createStatusAnswer('one');
    const second = signCallback('id-2', { type: 'signing.awaiting-signature', order: 2 });
    const first = signCallback('id-1', { type: 'signing.awaiting-handover', order: 1 });
    for (const { body, headers } of [second, first, second])
      expect((await post('/hooks/signing', body, headers)).status).toBe(204);
    const { events } = (await (await fetch(`${origin}/api/signings/one/callbacks`)).json()) as {
      events: { type: string }[];
    };
    expect(events.map(({ type }) => type)).toEqual([
      'signing.awaiting-handover',
      'signing.awaiting-signature',
    ]);
  });

  test('the server rejects a callback with an invalid signature and does not list it', async () => {
    scripted.answers['GET /signings/one'] = createStatusAnswer('one');
    const { body, headers } = signCallback('id-1', { type: 'signing.completed', order: 1 });
    expect((await post('/hooks/signing', body.replace('completed', 'failed'), headers)).status).toBe(401);
    expect((await post('/hooks/signing', body, {})).status).toBe(401);
    expect(await (await fetch(`${origin}/api/signings/one/callbacks`)).json()).toEqual({ events: [] });
  });

  test('the server rejects malformed requests with a status of 4xx', async () => {
    expect((await fetch(`${origin}/api/signings/%E0%A4%A`)).status).toBe(400);
    expect((await fetch(`${origin}/..%2f..%2fpackage.json`)).status).toBe(404);
    expect((await post('/api/signings', 'no json')).status).toBe(400);
    expect((await post('/api/signings', '"'.padEnd(300_000, 'x'))).status).toBe(413);
  });
});

function signCallback(id: string, event: { type: string; order: number }) {
  const now = new Date();
  const body = JSON.stringify({ ...event, timestamp: now.toISOString(), data: { requestId: 'one' } });
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Webhook(SECRET).sign(id, now, body),
  };
  return { body, headers };
}
