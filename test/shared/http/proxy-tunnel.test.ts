import { type CallbackSender, createCallbackSender } from '../../../src/callbacks/sender.js';
import { type Sources, createSources } from '../../../src/documents/sources.js';
import type { CallbackEvent } from '../../../src/domain/callbacks.js';
import { NotSentError, OutcomeUnknownError, RefusedError } from '../../../src/flexperto/index.js';
import { parseHostAllowlist } from '../../../src/shared/http/host-allowlist.js';
import { type ProxyConfig, readProxyConfig } from '../../../src/shared/http/proxy-config.js';
import { createFetch } from '../../../src/shared/http/request.js';
import { captureRejection } from '../../support/async-helpers.js';
import { startCallbackReceiver } from '../../support/callback-receiver.js';
import {
  type ProxyBehavior,
  type ProxyOptions,
  type TestProxy,
  startHttpProxy,
} from '../../support/http-proxy.js';
import {
  type Certificate,
  type LocalServer,
  createLocalCertificate,
  startLocalServer,
} from '../../support/local-server.js';
import {
  CALL_CONTEXT,
  type Reply,
  SESSION,
  closeVendorsAfterEach,
  createVendorClient,
  neverReply,
  replyWithStatus,
  resetConnection,
  startScriptedVendor,
  streamOf,
} from '../../support/scripted-vendor.js';

closeVendorsAfterEach();

let certificate: Certificate;
beforeAll(async () => {
  certificate = await createLocalCertificate();
});
const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of closing.splice(0).reverse()) await one.close();
});

/** A proxy, and what the program makes of its address. */
async function startConfiguredProxy(
  options: ProxyOptions = {},
  login = '',
  more: NodeJS.ProcessEnv = {},
): Promise<{ proxy: TestProxy; proxies: ProxyConfig | undefined }> {
  const proxy = await startHttpProxy(options);
  closing.push(proxy);
  const address = proxy.url.replace('//', `//${login}`);
  return { proxy, proxies: readProxyConfig({ HTTP_PROXY: address, HTTPS_PROXY: address, ...more }) };
}

async function createVendorBehind(
  reply: Reply,
  { proxies }: { proxies: ProxyConfig | undefined },
  timeoutMs = 20_000,
) {
  const vendor = await startScriptedVendor(reply);
  const url = vendor.url.replace('localhost', 'tenant.example.invalid');
  return { ...vendor, url, client: createVendorClient(url, { proxies, timeoutMs }) };
}

const port = (url: string): string => new URL(url).port;

describe('Calls to flexperto through a proxy', () => {
  it('reach a host that only the proxy can find, through a tunnel even for plain http', async () => {
    const through = await startConfiguredProxy();
    const { client, url, received } = await createVendorBehind('{"id":13}', through);
    expect(await client.initiateSession(CALL_CONTEXT, SESSION)).toBe(13);
    expect(received.map(({ path }) => path)).toEqual([
      '/api/v2/collaboration/contracts/contracts/sessions/initiate',
    ]);
    expect(received[0]?.headers).not.toHaveProperty('proxy-authorization');
    expect(through.proxy.connectTargets).toEqual([`tenant.example.invalid:${port(url)}`]);
    expect(through.proxy.otherRequests).toEqual([]);
  });

  it('share connections if they are idempotent, and open their own otherwise', async () => {
    const through = await startConfiguredProxy();
    const { client } = await createVendorBehind(
      (response) => response.end('{"id":13,"url":"http://localhost/u"}'),
      through,
    );
    for (let time = 0; time < 3; time += 1) await client.initiateSession(CALL_CONTEXT, SESSION);
    expect(through.proxy.connectTargets).toHaveLength(3);
    for (let time = 0; time < 3; time += 1) await client.requestUploadUrl(CALL_CONTEXT, 13);
    expect(through.proxy.connectTargets.length).toBeLessThanOrEqual(5);
  });

  it('upload a document to the upload host', async () => {
    const through = await startConfiguredProxy();
    const { client, url, received } = await createVendorBehind('{"id":"f-1"}', through);
    const bytes = Buffer.alloc(1_000_000, 'a');
    const document = { name: 'a.pdf', bytes: bytes.length, content: streamOf(bytes.subarray(0, 500_000), bytes.subarray(500_000)) }; // prettier-ignore
    expect(await client.uploadDocument(`${url}/upload`, document)).toMatchObject({ fileId: 'f-1' });
    expect(received[0]?.body.includes(bytes)).toBe(true);
    expect(through.proxy.connectTargets).toHaveLength(1);
  });

  it('log in to the proxy, also over TLS', async () => {
    const through = await startConfiguredProxy({ credentials: 'jörg:p@ss' }, 'j%C3%B6rg:p%40ss@');
    const { client } = await createVendorBehind('{"id":13}', through);
    expect(await client.initiateSession(CALL_CONTEXT, SESSION)).toBe(13);
  });

  it('go directly if NO_PROXY says so', async () => {
    const through = await startConfiguredProxy({}, '', { NO_PROXY: 'localhost' });
    const { client, received } = await startScriptedVendor('{"id":13}', { proxies: through.proxies });
    expect(await client.initiateSession(CALL_CONTEXT, SESSION)).toBe(13);
    expect(received).toHaveLength(1);
    expect(through.proxy.connectTargets).toEqual([]);
  });

  it.each<[string, ProxyBehavior, string]>([
    ['no', { status: 403 }, 'the proxy answered 403'],
    ['that it cannot reach it', { status: 502 }, 'the proxy answered 502'],
    ['that it is busy', { status: 503 }, 'the proxy answered 503'],
    ['a redirect', { status: 302 }, 'the proxy answered 302'],
    ['nothing', 'silence', 'the proxy did not answer within 0.5 s'],
    ['by hanging up', 'hang-up', 'no connection to the proxy: ECONNRESET'],
  ])('were not sent if the proxy answers %s', async (_, behavior, why) => {
    const { client, received } = await createVendorBehind(
      '{"id":13}',
      await startConfiguredProxy({ behavior }),
      2_000,
    );
    const error = await captureRejection(client.initiateSession(CALL_CONTEXT, SESSION));
    expect(error).toBeInstanceOf(NotSentError);
    expect((error as Error).message).toBe(
      `initiate: the request was not sent, no connection to flexperto (${why})`,
    );
    expect(received).toEqual([]);
  });

  it('were not sent if the proxy rejects user and password, and the error names neither', async () => {
    for (const login of ['', 'worker:s3cret@']) {
      const { client } = await createVendorBehind(
        '{"id":13}',
        await startConfiguredProxy({ credentials: 'worker:other' }, login),
      );
      const error = await captureRejection(client.initiateSession(CALL_CONTEXT, SESSION));
      expect(error).toBeInstanceOf(NotSentError);
      expect((error as Error).message).toBe(
        'initiate: the request was not sent, no connection to flexperto (the proxy answered 407: it does not accept the user name and password)',
      );
    }
  });

  it('were not sent if no proxy listens', async () => {
    const through = await startConfiguredProxy();
    await through.proxy.close();
    const { client } = await createVendorBehind('{"id":13}', through);
    const error = await captureRejection(client.initiateSession(CALL_CONTEXT, SESSION));
    expect(error).toBeInstanceOf(NotSentError);
    expect((error as Error).message).toContain('(no connection to the proxy: ECONNREFUSED)');
  });

  it('were not sent if the tunnel breaks before the encryption is agreed', async () => {
    for (const behavior of ['hang-up-inside', 'tunnel'] as const) {
      const { proxies } = await startConfiguredProxy({ behavior });
      const { url } = await startScriptedVendor('{"id":13}');
      const client = createVendorClient(url.replace('http:', 'https:'), { proxies });
      expect(await captureRejection(client.initiateSession(CALL_CONTEXT, SESSION))).toBeInstanceOf(
        NotSentError,
      );
    }
  });

  it('have an unknown outcome if the tunnel breaks later', async () => {
    for (const [reply, timeoutMs] of [
      [resetConnection, 20_000],
      [neverReply, 1_500],
    ] as const) {
      // prettier-ignore
      const { client, received } = await createVendorBehind(reply, await startConfiguredProxy(), timeoutMs);
      expect(await captureRejection(client.initiateSession(CALL_CONTEXT, SESSION))).toBeInstanceOf(
        OutcomeUnknownError,
      );
      expect(received).toHaveLength(1);
    }
  });

  it('are refused by flexperto, not by the proxy, if the answer came through the tunnel', async () => {
    const { client } = await createVendorBehind(replyWithStatus(407), await startConfiguredProxy());
    expect(await captureRejection(client.initiateSession(CALL_CONTEXT, SESSION))).toBeInstanceOf(
      RefusedError,
    );
  });
});

describe('Encryption through a proxy', () => {
  const BYTES = Buffer.from('%PDF-1.7 a document');
  let server: LocalServer;
  beforeEach(async () => {
    server = await startLocalServer((_, response) => response.end(BYTES), certificate);
    closing.push(server);
  });

  function sourcesWith(proxies: ProxyConfig | undefined, hosts: string[], ca = certificate.cert): Sources {
    const sources = createSources({ root: '.', hosts, proxies, ca });
    closing.push(sources);
    return sources;
  }

  async function read(sources: Sources, source: string): Promise<string> {
    const result = sources.withFile(source, () => Promise.resolve('read'));
    return result.catch((error: unknown) => (error as Error).message);
  }

  it('ends at the target: a document is fetched through proxies in plain and over TLS', async () => {
    for (const options of [{}, { certificate }]) {
      const { proxy, proxies } = await startConfiguredProxy(options);
      expect(await read(sourcesWith(proxies, [`localhost:${server.port}`]), `${server.url}/a.pdf`)).toBe(
        'read',
      );
      expect(proxy.connectTargets).toEqual([`localhost:${server.port}`]);
    }
  });

  it('does not trust the certificate of a host in between', async () => {
    const { proxies } = await startConfiguredProxy();
    const other = await createLocalCertificate();
    const problem = await read(
      sourcesWith(proxies, [`localhost:${server.port}`], other.cert),
      `${server.url}/a.pdf`,
    );
    expect(problem).toMatch(/^could not be fetched \(\w+\)$/);
  });

  it('does not begin with an unlisted private address or an unlisted host', async () => {
    const { proxy, proxies } = await startConfiguredProxy();
    const hosts = ['docs.bank.example', `10.1.2.3:${server.port}`, '10.1.2.3'];
    const sources = sourcesWith(proxies, [...hosts, '169.254.169.254']);
    expect(await read(sources, 'https://10.1.2.4/a.pdf')).toMatch(/not on SIGNING_DOCUMENT_HOSTS$/);
    expect(await read(sources, `https://127.0.0.1:${server.port}/a.pdf`)).toMatch(
      /not on SIGNING_DOCUMENT_HOSTS$/,
    );
    expect(proxy.connectTargets).toEqual([]);
  });

  it('carries the keys of the identity provider', async () => {
    const { proxy } = await startConfiguredProxy();
    const keys = await startLocalServer((_, response) => response.end('{"keys":[]}'));
    closing.push(keys);
    const fetch = createFetch(readProxyConfig({ HTTP_PROXY: proxy.url }), 5_000);
    const options = { method: 'GET', headers: new Headers(), redirect: 'manual' } as const;
    const signal = AbortSignal.timeout(5_000);
    const answer = await fetch(`http://idp.example.invalid:${keys.port}/keys`, { ...options, signal });
    expect(await answer.json()).toEqual({ keys: [] });
    expect(proxy.connectTargets).toEqual([`idp.example.invalid:${keys.port}`]);
  });
});

describe('A callback through a proxy', () => {
  const EVENT: CallbackEvent = {
    type: 'signing.completed',
    timestamp: '2026-12-01T12:00:00.000Z',
    order: 3,
    data: {
      requestId: 'crm-action-8f1c',
      crmRecord: null,
      sessionId: 13,
      state: 'completed',
      deadline: '2027-01-01T00:00:00.000Z',
    },
  };

  function sender(proxies: ProxyConfig | undefined, hosts: string[], timeoutMs?: number): CallbackSender {
    const secrets = [`whsec_${Buffer.alloc(32, 1).toString('base64')}`];
    const limit = timeoutMs === undefined ? {} : { timeoutMs };
    const created = createCallbackSender({
      secrets,
      hosts: parseHostAllowlist(hosts),
      proxies,
      ca: certificate.cert,
      ...limit,
    });
    closing.push(created);
    return created;
  }

  it('reaches the CRM', async () => {
    const crm = await startCallbackReceiver(certificate);
    closing.push(crm);
    const { proxy, proxies } = await startConfiguredProxy();
    await sender(proxies, [new URL(crm.url).host]).send(crm.url, 'id', EVENT);
    expect(crm.received).toHaveLength(1);
    expect(proxy.connectTargets).toEqual([new URL(crm.url).host]);
  });

  it('reports only what the proxy answered', async () => {
    const { proxies } = await startConfiguredProxy({ behavior: { status: 403 } });
    const error = await captureRejection(
      sender(proxies, ['crm.example']).send('https://crm.example/hooks', 'id', EVENT),
    );
    expect((error as Error).message).toBe('the CRM could not be reached (the proxy answered 403)');
  });

  it('is not sent to an unlisted private address', async () => {
    const { proxy, proxies } = await startConfiguredProxy();
    const sending = sender(proxies, ['crm.example']).send('https://10.1.2.3/hooks', 'id', EVENT);
    expect(String(await captureRejection(sending))).toContain('SIGNING_CALLBACK_HOSTS');
    expect(proxy.connectTargets).toEqual([]);
  });
});
