import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DocumentChangedError, DocumentUnavailableError } from '../../src/documents/errors.js';
import { type Sources, createSources } from '../../src/documents/sources.js';
import { parseHostAllowlist } from '../../src/shared/http/host-allowlist.js';
import { captureRejection, readStream } from '../support/async-helpers.js';
import {
  type Certificate,
  type LocalServer,
  createLocalCertificate,
  startLocalServer,
} from '../support/local-server.js';

const BYTES = Buffer.from('%PDF-1.7 a document');

let certificate: Certificate;
let server: LocalServer;
let other: LocalServer;
const open: Sources[] = [];
const asked: unknown[] = [];

type Route = (request: IncomingMessage, response: ServerResponse) => void;

const redirectTo =
  (location: () => string, status = 302): Route =>
  (_, response) =>
    void response.writeHead(status, { location: location() }).end();

const routes: Readonly<Record<string, Route>> = {
  '/contract.pdf': (_, response) => void response.end(BYTES),
  '/moved.pdf': redirectTo(() => '/contract.pdf', 301),
  '/absolute.pdf': redirectTo(() => `${server.url}/contract.pdf`, 307),
  '/away.pdf': redirectTo(() => `${other.url}/contract.pdf`),
  '/plain.pdf': redirectTo(() => `http://localhost:${server.port}/contract.pdf`),
  '/inside.pdf': redirectTo(() => 'https://169.254.169.254/latest'),
  '/nonsense.pdf': redirectTo(() => 'https://'),
  '/round.pdf': redirectTo(() => '/round.pdf'),
  '/endless.pdf': (_, response) => {
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(1024 * 1024)));
    };
    response.on('drain', more);
    more();
  },
  '/broken.pdf': (request, response) => {
    response.writeHead(200, { 'content-length': '1000' }).write(BYTES, () => request.socket.destroy());
  },
  '/coded.pdf': (request, response) => {
    response.setHeader('content-encoding', 'gzip').end(gzipSync(BYTES));
    asked.push(request.headers['accept-encoding']);
  },
  '/bomb.pdf': (_, response) =>
    void response.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(100 * 1024 * 1024))),
  '/later.pdf': (_, response) => void response.writeHead(503).end(),
  '/dripping.pdf': (_, response) => {
    drip(response.writeHead(404));
  },
  '/dripping-moved.pdf': (_, response) => {
    drip(response.writeHead(302, { location: '/contract.pdf' }));
  },
};

/** Sends data until the client disconnects. */
function drip(response: ServerResponse): void {
  const drops = setInterval(() => response.write('.'), 50);
  response.on('close', () => {
    clearInterval(drops);
  });
}

const handler: Route = (request, response) => {
  const route = routes[request.url ?? ''];
  if (route === undefined) response.writeHead(404).end();
  else route(request, response);
};

/** Sources whose hosts are the given ones; `{port}` stands for the server's. */
function sourcesFor(...hosts: string[]): Sources {
  const listed = hosts.map((host) => host.replace('{port}', String(server.port)));
  const sources = createSources({ root: '.', hosts: listed, ca: certificate.cert });
  open.push(sources);
  return sources;
}

/** The server's host and its private address, both listed. */
const allowedSources = (): Sources => sourcesFor('localhost:{port}', '127.0.0.0/8', '::1');

const fetchDocument = (sources: Sources, source: string): Promise<Buffer> =>
  sources.withFile(source, (path) => Promise.resolve(readFileSync(path)));

async function problemOf(sources: Sources, source: string): Promise<string> {
  const error = await captureRejection(fetchDocument(sources, source));
  if (!(error instanceof DocumentUnavailableError)) throw error;
  return `${error.isTransient ? 'transient: ' : ''}${error.message}`;
}

beforeAll(async () => {
  certificate = await createLocalCertificate();
  server = await startLocalServer(handler, certificate);
  other = await startLocalServer(handler, certificate);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((sources) => sources.close()));
});
afterAll(async () => {
  await server.close();
  await other.close();
});

test('a document of a listed host is fetched to a file that is deleted afterwards', async () => {
  const paths: string[] = [];
  const read = await allowedSources().withFile(`${server.url}/contract.pdf`, (path) => {
    paths.push(path);
    return Promise.resolve(readFileSync(path));
  });
  expect(read).toEqual(BYTES);
  expect(paths.map((path) => existsSync(dirname(path)))).toEqual([false]);
});

test('the fetched file is deleted even if its inspection fails', async () => {
  const paths: string[] = [];
  const failing = allowedSources().withFile(`${server.url}/contract.pdf`, (path) => {
    paths.push(path);
    return Promise.reject(new Error('no PDF'));
  });
  expect(await captureRejection(failing)).toEqual(new Error('no PDF'));
  expect(paths.map((path) => existsSync(dirname(path)))).toEqual([false]);
});

test('nothing is fetched from a host, or a port of it, that is not listed', async () => {
  const before = server.connections();
  const notListed = `comes from localhost:${server.port}, which is not on SIGNING_DOCUMENT_HOSTS`;
  for (const hosts of [[], ['localhost'], ['127.0.0.1:{port}'], ['docs.bank.example', '127.0.0.0/8']]) {
    expect(await problemOf(sourcesFor(...hosts), `${server.url}/contract.pdf`)).toBe(notListed);
  }
  expect(server.connections()).toBe(before);
});

test('no connection is made to a listed name with a private address, unless the address is listed too', async () => {
  const before = server.connections();
  const problem = 'comes from a private address that is not on SIGNING_DOCUMENT_HOSTS';
  expect(await problemOf(sourcesFor('localhost:{port}', '10.0.0.0/8'), `${server.url}/contract.pdf`)).toBe(
    problem,
  );
  expect(server.connections()).toBe(before);
  for (const address of ['127.0.0.1', '127.0.0.0/8']) {
    expect(
      await fetchDocument(sourcesFor('localhost:{port}', address), `${server.url}/contract.pdf`),
    ).toEqual(BYTES);
  }
});

test('a private address in the source is allowed only if it is listed', async () => {
  const source = `https://127.0.0.1:${server.port}/contract.pdf`;
  expect(await fetchDocument(sourcesFor('127.0.0.1:{port}'), source)).toEqual(BYTES);
  expect(await problemOf(sourcesFor('localhost:{port}'), source)).toMatch(
    /is not on SIGNING_DOCUMENT_HOSTS$/,
  );
});

test.each(['/moved.pdf', '/absolute.pdf'])(
  'the redirect of %s is followed, because it stays on the host',
  async (path) => {
    expect(await fetchDocument(allowedSources(), server.url + path)).toEqual(BYTES);
  },
);

test.each(['/away.pdf', '/plain.pdf', '/inside.pdf', '/nonsense.pdf'])(
  'the redirect of %s is not followed, because it leaves the host or the encryption',
  async (path) => {
    const before = other.connections();
    const sources = sourcesFor('localhost:{port}', `localhost:${other.port}`, '127.0.0.1', '169.254.169.254');
    expect(await problemOf(sources, server.url + path)).toBe(
      'could not be fetched: its host redirects to another host',
    );
    expect(other.connections()).toBe(before);
  },
);

test('a fetch ends after too many redirects', async () => {
  expect(await problemOf(allowedSources(), `${server.url}/round.pdf`)).toBe(
    'could not be fetched: too many redirects',
  );
});

test('the fetch of an endless document ends at 50 MB', async () => {
  const problem = await problemOf(allowedSources(), `${server.url}/endless.pdf`);
  expect(problem).toBe('is larger than the 50 MB that all documents together may have');
});

test('an unrequested content coding is decoded, and the fetch ends beyond 50 MB of decoded bytes', async () => {
  expect(await fetchDocument(allowedSources(), `${server.url}/coded.pdf`)).toEqual(BYTES);
  expect(asked).toEqual(['identity']);
  const sha256 = createHash('sha256').update(BYTES).digest('hex');
  const document = { source: `${server.url}/coded.pdf`, bytes: BYTES.length, sha256 };
  expect(await readStream(allowedSources().read(document))).toEqual({ bytes: BYTES });
  const problem = await problemOf(allowedSources(), `${server.url}/bomb.pdf`);
  expect(problem).toBe('is larger than the 50 MB that all documents together may have');
});

test('a busy or broken host is transient, a missing document is not', async () => {
  expect(await problemOf(allowedSources(), `${server.url}/missing.pdf`)).toBe(
    'could not be fetched: its host answered 404',
  );
  expect(await problemOf(allowedSources(), `${server.url}/later.pdf`)).toBe(
    'transient: could not be fetched: its host answered 503',
  );
  expect(await problemOf(allowedSources(), `${server.url}/broken.pdf`)).toMatch(
    /^transient: could not be fetched \(/,
  );
});

test('the body of a refusal or a redirect is not read, because it may never end', async () => {
  expect(await problemOf(allowedSources(), `${server.url}/dripping.pdf`)).toBe(
    'could not be fetched: its host answered 404',
  );
  expect(await fetchDocument(allowedSources(), `${server.url}/dripping-moved.pdf`)).toEqual(BYTES);
});

test('nothing is read from a host with an untrusted certificate', async () => {
  const sources = createSources({ root: '.', hosts: [`localhost:${server.port}`, '127.0.0.1'] });
  open.push(sources);
  expect(await problemOf(sources, `${server.url}/contract.pdf`)).toMatch(
    /^transient: could not be fetched \(\w*SELF_SIGNED\w*\)$/,
  );
});

test('a document that has changed at the host since its check is never read to its end', async () => {
  const then = Buffer.from('%PDF-1.7 A document');
  const sha256 = createHash('sha256').update(then).digest('hex');
  const { bytes, error } = await readStream(
    allowedSources().read({ source: `${server.url}/contract.pdf`, bytes: then.length, sha256 }),
  );
  expect(error).toBeInstanceOf(DocumentChangedError);
  expect(bytes.length).toBeLessThan(then.length);
});

test('fetching ends with the reason of the signal that aborts it', async () => {
  const controller = new AbortController();
  const reason = new Error('the worker shuts down');
  const fetching = allowedSources().withFile(
    `${server.url}/endless.pdf`,
    () => Promise.resolve(),
    controller.signal,
  );
  controller.abort(reason);
  expect(await captureRejection(fetching)).toBe(reason);
});

test.each([
  '0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '169.254.169.254', '172.16.0.1', '192.168.1.1', '224.0.0.1',
  '::', '::1', 'fe80::1', 'fc00::1', '::ffff:10.1.2.3', '64:ff9b::a01:203', '2002:a01:203::1',
  '::10.1.2.3', '::a01:203', '::ffff:0:a01:203', '64:ff9b:1::a01:203', '2001::a01:203', 'fe80::1%eth0', '4000::1', 'e000::1',
])('%s is not a public address', (address) => {
  expect(parseHostAllowlist(['docs.bank.example']).allowsAddress(address)).toBe(false);
}); // prettier-ignore

test('a private address is allowed by its own entry or a range, also in IPv6 notation', () => {
  const hosts = parseHostAllowlist([' 10.1.0.0/16', '192.168.1.1:8443', '[fc00::1]:8443', 'FC00:2::/32', '']);
  const allowed = [
    '10.1.255.1',
    '::ffff:10.1.2.3',
    '192.168.1.1',
    'fc00::1',
    'fc00:2:3::4',
    '8.8.8.8',
    '2606:4700::1',
  ];
  expect(allowed.filter((address) => !hosts.allowsAddress(address))).toEqual([]);
  const refused = ['10.2.0.1', '192.168.1.2', 'fc00::2', 'fc01::1'];
  expect(refused.filter((address) => hosts.allowsAddress(address))).toEqual([]);
});

test('a listed host is recognized in every spelling', () => {
  const hosts = parseHostAllowlist([
    'Docs.Bank.example',
    'a.example:443',
    'b.example:8443',
    '2001:db8::1',
    '10.1.2.3',
  ]);
  const allowed = [
    'https://docs.bank.example/x', 'https://DOCS.BANK.EXAMPLE:443/x', 'https://a.example/x', 'https://b.example:8443/x',
    'https://[2001:DB8:0::1]/x', 'https://10.1.2.3/x',
  ]; // prettier-ignore
  const refused = [
    'https://docs.bank.example:8443/x', 'https://b.example/x', 'https://docs.bank.example.evil.example/x',
    'https://evil.example/docs.bank.example', 'https://sub.docs.bank.example/', 'https://docs.bank.example@evil.example/',
  ]; // prettier-ignore
  expect(allowed.filter((url) => !hosts.allowsUrl(new URL(url)))).toEqual([]);
  expect(refused.filter((url) => hosts.allowsUrl(new URL(url)))).toEqual([]);
});
