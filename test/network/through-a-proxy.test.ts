import { createCallbackSender, type CallbackSender } from '../../src/callbacks/index.js';
import type { CallbackEvent } from '../../src/domain/callback-event.js';
import { createSources, type Sources } from '../../src/documents/sources.js';
import { NotSentError, OutcomeUnknownError, RefusedError } from '../../src/flexperto/index.js';
import { createFetch } from '../../src/network/fetch.js';
import { parseHosts } from '../../src/network/hosts.js';
import { readProxies, type Proxies } from '../../src/network/proxies.js';
import { startCrm } from '../support/crm.js';
import { localCertificate, serve, type Certificate, type LocalServer } from '../support/local-server.js';
import { rejection } from '../support/outcomes.js';
import { startProxy, type Manner, type ProxyOptions, type TestProxy } from '../support/proxy.js';
import {
  clientFor,
  closeAfterEach,
  content,
  CONTEXT,
  scriptedVendor,
  SESSION,
  silence,
  reset,
  status,
  type Reply,
} from '../support/scripted-vendor.js';

closeAfterEach();

let certificate: Certificate;
beforeAll(async () => {
  certificate = await localCertificate();
});
const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of closing.splice(0).reverse()) await one.close();
});

/** A proxy, and what the program makes of its address. */
async function proxied(
  options: ProxyOptions = {},
  login = '',
  more: NodeJS.ProcessEnv = {},
): Promise<{ proxy: TestProxy; proxies: Proxies | undefined }> {
  const proxy = await startProxy(options);
  closing.push(proxy);
  const address = proxy.url.replace('//', `//${login}`);
  return { proxy, proxies: readProxies({ HTTP_PROXY: address, HTTPS_PROXY: address, ...more }) };
}

async function over(reply: Reply, { proxies }: { proxies: Proxies | undefined }, timeoutMs = 20_000) {
  const vendor = await scriptedVendor(reply);
  const url = vendor.url.replace('localhost', 'tenant.example.invalid');
  return { ...vendor, url, client: clientFor(url, { proxies, timeoutMs }) };
}

const port = (url: string): string => new URL(url).port;

describe('Calls to flexperto through a proxy', () => {
  it('reach a host that only the proxy can find, by a tunnel also in plain http', async () => {
    const through = await proxied();
    const { client, url, arrived } = await over('{"id":13}', through);
    expect(await client.initiateSession(CONTEXT, SESSION)).toBe(13);
    expect(arrived.map(({ path }) => path)).toEqual([
      '/api/v2/collaboration/contracts/contracts/sessions/initiate',
    ]);
    expect(arrived[0]?.headers).not.toHaveProperty('proxy-authorization');
    expect(through.proxy.asked).toEqual([`tenant.example.invalid:${port(url)}`]);
    expect(through.proxy.others).toEqual([]);
  });

  it('have a connection each where they must not be repeated, and share them where they may', async () => {
    const through = await proxied();
    const { client } = await over(
      (response) => response.end('{"id":13,"url":"http://localhost/u"}'),
      through,
    );
    for (let time = 0; time < 3; time += 1) await client.initiateSession(CONTEXT, SESSION);
    expect(through.proxy.asked).toHaveLength(3);
    for (let time = 0; time < 3; time += 1) await client.requestUploadUrl(CONTEXT, 13);
    expect(through.proxy.asked.length).toBeLessThanOrEqual(5);
  });

  it('upload a document to the upload host', async () => {
    const through = await proxied();
    const { client, url, arrived } = await over('{"id":"f-1"}', through);
    const bytes = Buffer.alloc(1_000_000, 'a');
    const document = { name: 'a.pdf', bytes: bytes.length, content: content(bytes.subarray(0, 500_000), bytes.subarray(500_000)) }; // prettier-ignore
    expect(await client.uploadDocument(`${url}/upload`, document)).toMatchObject({ fileId: 'f-1' });
    expect(arrived[0]?.body.includes(bytes)).toBe(true);
    expect(through.proxy.asked).toHaveLength(1);
  });

  it('log in to the proxy, which may be spoken to over TLS', async () => {
    const through = await proxied({ credentials: 'jörg:p@ss' }, 'j%C3%B6rg:p%40ss@');
    const { client } = await over('{"id":13}', through);
    expect(await client.initiateSession(CONTEXT, SESSION)).toBe(13);
  });

  it('go directly where NO_PROXY says so', async () => {
    const through = await proxied({}, '', { NO_PROXY: 'localhost' });
    const { client, arrived } = await scriptedVendor('{"id":13}', { proxies: through.proxies });
    expect(await client.initiateSession(CONTEXT, SESSION)).toBe(13);
    expect(arrived).toHaveLength(1);
    expect(through.proxy.asked).toEqual([]);
  });

  it.each<[string, Manner, string]>([
    ['no', { status: 403 }, 'the proxy answered 403'],
    ['that it cannot reach it', { status: 502 }, 'the proxy answered 502'],
    ['that it is busy', { status: 503 }, 'the proxy answered 503'],
    ['a redirect', { status: 302 }, 'the proxy answered 302'],
    ['nothing', 'silence', 'the proxy did not answer within 0.5 s'],
    ['by hanging up', 'hang-up', 'no connection to the proxy: ECONNRESET'],
  ])('were surely not sent where the proxy answers %s', async (_, manner, why) => {
    const { client, arrived } = await over('{"id":13}', await proxied({ manner }), 2_000);
    const error = await rejection(client.initiateSession(CONTEXT, SESSION));
    expect(error).toBeInstanceOf(NotSentError);
    expect((error as Error).message).toBe(
      `initiate: the request was not sent, no connection to flexperto (${why})`,
    );
    expect(arrived).toEqual([]);
  });

  it('were surely not sent where the proxy knows neither user nor password, of which nothing is said', async () => {
    for (const login of ['', 'worker:s3cret@']) {
      const { client } = await over('{"id":13}', await proxied({ credentials: 'worker:other' }, login));
      const error = await rejection(client.initiateSession(CONTEXT, SESSION));
      expect(error).toBeInstanceOf(NotSentError);
      expect((error as Error).message).toBe(
        'initiate: the request was not sent, no connection to flexperto (the proxy answered 407: it does not accept the user name and password)',
      );
    }
  });

  it('were surely not sent where there is no proxy', async () => {
    const through = await proxied();
    await through.proxy.close();
    const { client } = await over('{"id":13}', through);
    const error = await rejection(client.initiateSession(CONTEXT, SESSION));
    expect(error).toBeInstanceOf(NotSentError);
    expect((error as Error).message).toContain('(no connection to the proxy: ECONNREFUSED)');
  });

  it('were surely not sent where the tunnel breaks before the encryption is agreed', async () => {
    for (const manner of ['hang-up-inside', 'tunnel'] as const) {
      const { proxies } = await proxied({ manner });
      const { url } = await scriptedVendor('{"id":13}');
      const client = clientFor(url.replace('http:', 'https:'), { proxies });
      expect(await rejection(client.initiateSession(CONTEXT, SESSION))).toBeInstanceOf(NotSentError);
    }
  });

  it('are unclear where the tunnel breaks later', async () => {
    for (const [reply, timeoutMs] of [
      [reset, 20_000],
      [silence, 1_500],
    ] as const) {
      // prettier-ignore
      const { client, arrived } = await over(reply, await proxied(), timeoutMs);
      expect(await rejection(client.initiateSession(CONTEXT, SESSION))).toBeInstanceOf(OutcomeUnknownError);
      expect(arrived).toHaveLength(1);
    }
  });

  it('are refused by flexperto and not by the proxy where the answer came through the tunnel', async () => {
    const { client } = await over(status(407), await proxied());
    expect(await rejection(client.initiateSession(CONTEXT, SESSION))).toBeInstanceOf(RefusedError);
  });
});

describe('Encryption through a proxy', () => {
  const BYTES = Buffer.from('%PDF-1.7 a document');
  let server: LocalServer;
  beforeEach(async () => {
    server = await serve((_, response) => response.end(BYTES), certificate);
    closing.push(server);
  });

  function sourcesWith(proxies: Proxies | undefined, hosts: string[], ca = certificate.cert): Sources {
    const sources = createSources({ root: '.', hosts, proxies, ca });
    closing.push(sources);
    return sources;
  }

  async function read(sources: Sources, source: string): Promise<string> {
    const looked = sources.withFile(source, () => Promise.resolve('read'));
    return looked.catch((error: unknown) => (error as Error).message);
  }

  it('is with the target alone: a document is fetched through proxies in plain and over TLS', async () => {
    for (const options of [{}, { certificate }]) {
      const { proxy, proxies } = await proxied(options);
      expect(await read(sourcesWith(proxies, [`localhost:${server.port}`]), `${server.url}/a.pdf`)).toBe(
        'read',
      );
      expect(proxy.asked).toEqual([`localhost:${server.port}`]);
    }
  });

  it('does not trust the certificate of somebody in between', async () => {
    const { proxies } = await proxied();
    const other = await localCertificate();
    const problem = await read(
      sourcesWith(proxies, [`localhost:${server.port}`], other.cert),
      `${server.url}/a.pdf`,
    );
    expect(problem).toMatch(/^could not be fetched \(\w+\)$/);
  });

  it('is not begun with a private address that is not listed, nor with a host that is not', async () => {
    const { proxy, proxies } = await proxied();
    const hosts = ['docs.bank.example', `10.1.2.3:${server.port}`, '10.1.2.3'];
    const sources = sourcesWith(proxies, [...hosts, '169.254.169.254']);
    expect(await read(sources, 'https://10.1.2.4/a.pdf')).toMatch(/not on SIGNING_DOCUMENT_HOSTS$/);
    expect(await read(sources, `https://127.0.0.1:${server.port}/a.pdf`)).toMatch(
      /not on SIGNING_DOCUMENT_HOSTS$/,
    );
    expect(proxy.asked).toEqual([]);
  });

  it('carries the keys of the identity provider', async () => {
    const { proxy } = await proxied();
    const keys = await serve((_, response) => response.end('{"keys":[]}'));
    closing.push(keys);
    const fetch = createFetch(readProxies({ HTTP_PROXY: proxy.url }), 5_000);
    const options = { method: 'GET', headers: new Headers(), redirect: 'manual' } as const;
    const signal = AbortSignal.timeout(5_000);
    const answer = await fetch(`http://idp.example.invalid:${keys.port}/keys`, { ...options, signal });
    expect(await answer.json()).toEqual({ keys: [] });
    expect(proxy.asked).toEqual([`idp.example.invalid:${keys.port}`]);
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

  function sender(proxies: Proxies | undefined, hosts: string[], timeoutMs?: number): CallbackSender {
    const secrets = [`whsec_${Buffer.alloc(32, 1).toString('base64')}`];
    const limit = timeoutMs === undefined ? {} : { timeoutMs };
    const created = createCallbackSender({
      secrets,
      hosts: parseHosts(hosts),
      proxies,
      ca: certificate.cert,
      ...limit,
    });
    closing.push(created);
    return created;
  }

  it('reaches the CRM', async () => {
    const crm = await startCrm(certificate);
    closing.push(crm);
    const { proxy, proxies } = await proxied();
    await sender(proxies, [new URL(crm.url).host]).send(crm.url, 'id', EVENT);
    expect(crm.received).toHaveLength(1);
    expect(proxy.asked).toEqual([new URL(crm.url).host]);
  });

  it('says what the proxy answered, and no more', async () => {
    const { proxies } = await proxied({ manner: { status: 403 } });
    const error = await rejection(
      sender(proxies, ['crm.example']).send('https://crm.example/hooks', 'id', EVENT),
    );
    expect((error as Error).message).toBe('the CRM could not be reached (the proxy answered 403)');
  });

  it('is not sent to a private address that is not listed', async () => {
    const { proxy, proxies } = await proxied();
    const sending = sender(proxies, ['crm.example']).send('https://10.1.2.3/hooks', 'id', EVENT);
    expect(String(await rejection(sending))).toContain('SIGNING_CALLBACK_HOSTS');
    expect(proxy.asked).toEqual([]);
  });
});
