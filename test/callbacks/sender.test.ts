import { randomBytes } from 'node:crypto';
import {
  CallbackError,
  type CallbackSender,
  createCallbackSender,
  findCallbackUrlProblem,
} from '../../src/callbacks/sender.js';
import type { CallbackEvent } from '../../src/domain/callbacks.js';
import { parseHostAllowlist } from '../../src/shared/http/host-allowlist.js';
import { captureRejection } from '../support/async-helpers.js';
import {
  type CallbackReceiver,
  startCallbackReceiver,
  verifyInPython,
} from '../support/callback-receiver.js';
import { type Certificate, createLocalCertificate } from '../support/local-server.js';

const freshSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;
const SECRET = freshSecret();
const ID = '0198c0de-3';
const EVENT: CallbackEvent = {
  type: 'signing.completed',
  timestamp: '2026-12-01T12:00:00.000Z',
  order: 3,
  data: {
    requestId: 'crm-äction-8f1c',
    crmRecord: 'opportunity/0061',
    sessionId: 13,
    state: 'completed',
    deadline: '2027-01-01T00:00:00.000Z',
  },
};

let certificate: Certificate;
let crm: CallbackReceiver;
let other: CallbackReceiver;
const open: CallbackSender[] = [];
beforeAll(async () => {
  certificate = await createLocalCertificate();
});
beforeEach(async () => {
  crm = await startCallbackReceiver(certificate);
  other = await startCallbackReceiver(certificate);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((sender) => sender.close()));
  await crm.close();
  await other.close();
});

function senderWith(options: Partial<Parameters<typeof createCallbackSender>[0]> = {}): CallbackSender {
  const hosts = parseHostAllowlist([...crm.hosts, ...other.hosts]);
  const sender = createCallbackSender({ secrets: [SECRET], hosts, ca: certificate.cert, ...options });
  open.push(sender);
  return sender;
}

async function problemOf(sending: Promise<void>): Promise<CallbackError> {
  const error = await captureRejection(sending);
  if (!(error instanceof CallbackError)) throw error;
  return error;
}

describe('A callback', () => {
  it('is accepted by the Standard Webhooks library of another language, under this secret only', async () => {
    await senderWith().send(crm.url, ID, EVENT);
    const [{ headers } = { headers: {} }] = crm.received;
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': ID });
    expect(await verifyInPython(SECRET, crm.received)).toEqual([{ event: EVENT }]);
    expect(await verifyInPython(freshSecret(), crm.received)).toEqual([
      { refused: expect.any(String) as string },
    ]);
    const changed = crm.received.map((one) => ({ ...one, body: one.body.replace('completed', 'cancelled') }));
    expect(await verifyInPython(SECRET, changed)).toEqual([{ refused: expect.any(String) as string }]);
  });

  it('is signed with every secret, so that either side can rotate first', async () => {
    const next = freshSecret();
    await senderWith({ secrets: [SECRET, next] }).send(crm.url, ID, EVENT);
    expect(crm.received[0]?.headers['webhook-signature']).toMatch(/^v1,\S+ v1,\S+$/);
    for (const secret of [SECRET, next])
      expect(await verifyInPython(secret, crm.received)).toEqual([{ event: EVENT }]);
  });

  it.each([200, 201, 202, 204, 299])('is delivered if the CRM answers %d', async (status) => {
    crm.respondWith(status);
    await senderWith().send(crm.url, ID, EVENT);
    expect(crm.received).toHaveLength(1);
  });

  it.each([400, 401, 404, 408, 429, 500, 503])('is not delivered if the CRM answers %d', async (status) => {
    crm.respondWith((response) =>
      response.writeHead(status, { 'retry-after': '7' }).end('secret words of the CRM'),
    );
    const error = await problemOf(senderWith().send(crm.url, ID, EVENT));
    expect(error).toMatchObject({ message: `the CRM answered ${status}`, retryAfterMs: 7_000, gone: false });
  });

  it('is the last one if the CRM answers 410', async () => {
    crm.respondWith(410);
    expect(await problemOf(senderWith().send(crm.url, ID, EVENT))).toMatchObject({ gone: true });
  });

  it.each([301, 302, 303, 307, 308])(
    'follows no redirect, not even to a host that is listed: %d',
    async (status) => {
      crm.respondWith((response) => response.writeHead(status, { location: other.url }).end());
      const { message } = await problemOf(senderWith().send(crm.url, ID, EVENT));
      expect(message).toBe(`the CRM answered ${status}, and redirects are not followed`);
      expect(other.connections()).toBe(0);
    },
  );

  it('waits for an answer until its time limit', async () => {
    crm.respondWith(() => undefined);
    const sending = senderWith({ timeoutMs: 300 }).send(crm.url, ID, EVENT);
    expect((await problemOf(sending)).message).toBe('the CRM did not answer within 0.3 s');
  });

  it('counts as delivered even if the answer never ends, and little of it is read', async () => {
    let sent = 0;
    crm.respondWith((response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(64 * 1024))) sent += 64 * 1024;
      };
      response.on('drain', more).on('error', () => undefined);
      response.writeHead(200);
      more();
    });
    await senderWith().send(crm.url, ID, EVENT);
    // What a socket takes in advance, and no more.
    expect(sent).toBeLessThan(8 * 1024 * 1024);
  });

  it('is not sent to a host with an untrusted certificate', async () => {
    const hosts = parseHostAllowlist(crm.hosts);
    const sender = createCallbackSender({ secrets: [SECRET], hosts });
    open.push(sender);
    const { message } = await problemOf(sender.send(crm.url, ID, EVENT));
    expect(message).toMatch(/^the CRM could not be reached \(\w*SELF_SIGNED\w*\)$/);
    expect(crm.received).toHaveLength(0);
  });

  it('fails without naming the address if nobody listens there', async () => {
    const url = `${crm.url}?token=secret-of-the-crm`;
    await crm.close();
    const { message } = await problemOf(senderWith().send(url, ID, EVENT));
    expect(message).toBe('the CRM could not be reached (ECONNREFUSED)');
  });

  it('ends with the reason of the signal that aborts it', async () => {
    crm.respondWith(() => undefined);
    const controller = new AbortController();
    const reason = new Error('the worker shuts down');
    const sending = senderWith().send(crm.url, ID, EVENT, controller.signal);
    controller.abort(reason);
    expect(await captureRejection(sending)).toBe(reason);
  });

  it('is not sent without a secret', async () => {
    const { message } = await problemOf(senderWith({ secrets: [] }).send(crm.url, ID, EVENT));
    expect(message).toBe('SIGNING_CALLBACK_SECRET is not set, so nothing is sent');
    expect(crm.connections()).toBe(0);
  });
});

describe('No connection is made', () => {
  it.each([
    [
      'to a host that is not listed',
      ['127.0.0.1'],
      'localhost',
      'must have a host that is on SIGNING_CALLBACK_HOSTS',
    ],
    [
      'to another port of a listed host',
      ['localhost:1', '127.0.0.1'],
      'localhost',
      'must have a host that is on SIGNING_CALLBACK_HOSTS',
    ],
    [
      'to a private address behind a listed name',
      ['localhost:{port}', '10.0.0.0/8'],
      'localhost',
      'must not lead to a private address that is not on SIGNING_CALLBACK_HOSTS',
    ],
    [
      'to a private address written as a number',
      ['localhost:{port}'],
      '2130706433',
      'must have a host that is on SIGNING_CALLBACK_HOSTS',
    ],
    [
      'to a private address in IPv6 notation',
      ['localhost:{port}'],
      '[::ffff:127.0.0.1]',
      'must have a host that is on SIGNING_CALLBACK_HOSTS',
    ],
  ])('%s', async (_, listed, host, why) => {
    const { port } = new URL(crm.url);
    const hosts = parseHostAllowlist(listed.map((entry) => entry.replace('{port}', port)));
    const { message } = await problemOf(
      senderWith({ hosts }).send(`https://${host}:${port}/hooks`, ID, EVENT),
    );
    expect(message).toBe(`the callback's address ${why}`);
    expect(crm.connections()).toBe(0);
  });
});

describe('An address is refused before a start', () => {
  const hosts = parseHostAllowlist([
    'crm.example',
    'crm.example:8443',
    'localhost:8080',
    '127.0.0.1:8080',
    '[::1]:8080',
  ]);

  it.each([
    'https://crm.example/hooks?token=a', 'https://crm.example:8443/', 'http://localhost:8080/', 'http://127.0.0.1:8080/',
    'http://[::1]:8080/', 'https://localhost:8080/',
  ])('%s is allowed', (url) => {
    expect(findCallbackUrlProblem(url, hosts)).toBeUndefined();
  }); // prettier-ignore

  it.each([
    'http://crm.example/', 'ftp://crm.example/', 'https://user:secret@crm.example/', 'no address', '',
    'https://evil.example/', 'https://crm.example.evil.example/', 'https://crm.example:444/', 'http://localhost/',
    'https://10.0.0.1/', 'https://[::ffff:a00:1]/', 'https://0x7f.1:8080/x', 'https://169.254.169.254/latest',
    'https://[fe80::1]/', 'https://[64:ff9b::a01:203]/',
  ])('%s is refused, in one sentence that repeats nothing of it', (url) => {
    const why = findCallbackUrlProblem(url, parseHostAllowlist(['crm.example', 'localhost:8080']));
    expect(why).toMatch(/^must (be|have|not lead) /);
    expect(why).not.toContain('evil');
    expect(why).not.toContain('secret@');
  }); // prettier-ignore

  it('also if only the name of a private address is listed', () => {
    const listed = { allowsUrl: () => true, allowsAddress: () => false };
    expect(findCallbackUrlProblem('https://10.0.0.1/', listed)).toMatch(
      /^must not lead to a private address/,
    );
  });
});
