import fc from 'fast-check';
import dns from 'node:dns';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Server, createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DocumentUnavailableError } from '../../src/documents/errors.js';
import { type Sources, createSources } from '../../src/documents/sources.js';
import { parseRequest } from '../../src/domain/parse-request.js';
import { parseHostAllowlist } from '../../src/shared/http/host-allowlist.js';
import { type Certificate, createLocalCertificate } from '../support/local-server.js';
import { REQUEST } from '../support/requests.js';
import { arbitraryOddText } from './odd-json.js';
import { privateIpv4, toHostForms, toIpv6Forms } from './private-addresses.js';
import { measureGrowth, runOptions, timeLimitMs } from './property-runs.js';
import { ENDLESS_ANSWERS, arbitraryAnswer } from './raw-answers.js';
import { type RawServer, startRawServer } from './raw-server.js';

const MEGABYTE = 1024 * 1024;

let folder: string;
let certificate: Certificate;
const open: Sources[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hostile-sources-'));
  certificate = await createLocalCertificate();
  await mkdir(join(folder, 'root/customers'), { recursive: true });
  await mkdir(join(folder, 'rooted'));
  await writeFile(join(folder, 'root/contract.pdf'), 'inside');
  await writeFile(join(folder, 'root/customers/contract.pdf'), 'inside');
  for (const path of ['secret.pdf', 'rooted/secret.pdf']) await writeFile(join(folder, path), 'outside');
  for (const [name, target] of LINKS) await symlink(target, join(folder, 'root', name));
});
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(open.splice(0).map((sources) => sources.close()));
});
afterAll(() => rm(folder, { recursive: true }));

/** Links in the root and their targets. */
const LINKS = [
  ['up', '..'], ['leak.pdf', '../secret.pdf'], ['absolute', '/'], ['customers/back', '..'], ['customers/out', '../..'],
  ['deep', 'customers/out/rooted'], ['round', 'round'], ['self', '.'], ['processes', '/proc/self'], ['tty.pdf', '/dev/zero'],
] as const; // prettier-ignore

function sourcesFor(...hosts: readonly string[]): Sources {
  const sources = createSources({ root: join(folder, 'root'), hosts, ca: certificate.cert });
  open.push(sources);
  return sources;
}

/** The document of a source, or its problem. Any other error fails the test. */
async function outcomeOf(sources: Sources, source: string, signal?: AbortSignal): Promise<string> {
  try {
    return await sources.withFile(source, (path) => readFile(path, 'utf8'), signal);
  } catch (error) {
    if (signal?.aborted === true && error === signal.reason) return 'given up';
    if (!(error instanceof DocumentUnavailableError)) throw error;
    expect(error.message).not.toContain(folder);
    return `refused: ${error.message}`;
  }
}

it('No path of a file: source leaves the document root', async () => {
  const sources = sourcesFor();
  const part = fc.oneof(
    { arbitrary: fc.constantFrom('..', '.', '', 'root', 'rooted', 'secret.pdf', 'contract.pdf', 'customers'), weight: 4 },
    { arbitrary: fc.constantFrom(...LINKS.map(([name]) => name)), weight: 4 },
    {
      arbitrary: fc.constantFrom('%2e%2e', '..%2f', '..\\', '\u2025', '\uff0e\uff0e', '..\u0000', '.. ', '~', 'environ', 'etc/passwd'),
      weight: 2,
    },
    { arbitrary: arbitraryOddText, weight: 1 },
  ); // prettier-ignore
  let inside = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 7 }), async (parts) => {
      const outcome = await outcomeOf(sources, `file:${parts.join('/')}`);
      expect(outcome).toMatch(/^(inside$|refused: )/);
      if (outcome === 'inside') inside += 1;
    }),
    runOptions(1500),
  );
  expect(inside).toBeGreaterThan(10);
}, timeLimitMs(60)); // prettier-ignore

describe('No connection is made to a private address,', () => {
  it('in any notation that a name server gives', () => {
    const hosts = parseHostAllowlist(['docs.bank.example']);
    fc.assert(
      fc.property(privateIpv4, (ip) => {
        const allowed = [String(toHostForms(ip)[0]), ...toIpv6Forms(ip)].filter((form) =>
          hosts.allowsAddress(form),
        );
        expect(allowed).toEqual([]);
      }),
      runOptions(500),
    );
  });

  it('in any notation of a source, even if every public address is allowed', async () => {
    const lookup = jest.spyOn(dns, 'lookup');
    await fc.assert(
      fc.asyncProperty(privateIpv4, fc.nat(40), async (ip, which) => {
        const forms = toHostForms(ip);
        const host = forms[which % forms.length] ?? '';
        const source = `https://${host}/contract.pdf`;
        const { problems } = parseRequest({ ...REQUEST, documents: [{ source }] });
        if (problems.length > 0) return;
        // An operator may list the same text by mistake, which is not an address.
        const { host: listed } = new URL(source);
        const outcome = await outcomeOf(sourcesFor('docs.bank.example', 'localhost'), source);
        expect(outcome).toBe(`refused: comes from ${listed}, which is not on SIGNING_DOCUMENT_HOSTS`);
      }),
      runOptions(300),
    );
    expect(lookup).not.toHaveBeenCalled();
  });
});

it.each([
  'https://docs.bank.example@evil.example/a.pdf', 'https://evil.example#@docs.bank.example/a.pdf', 'https://evil.example\\@docs.bank.example/a.pdf',
  'https://docs.bank.example.evil.example/a.pdf', 'https://evil.example/docs.bank.example/a.pdf', 'https://docs.bank.example:8443/a.pdf',
  'https://docs.bank.examp\u200dle/a.pdf', 'https://d\u043ecs.bank.example/a.pdf', 'https://docs.bank.example%00.evil.example/a.pdf',
  'https://docs.bank.example%2eevil.example/a.pdf', 'https://-docs.bank.example/a.pdf', 'https:evil.example/a.pdf', 'https:///evil.example/a.pdf',
])('%s does not count as a URL of docs.bank.example', async (source) => {
  const lookup = jest.spyOn(dns, 'lookup');
  const { problems } = parseRequest({ ...REQUEST, documents: [{ source }] });
  if (problems.length === 0)
    expect(await outcomeOf(sourcesFor('docs.bank.example'), source)).toMatch(/^refused: comes from .* not on SIGNING_DOCUMENT_HOSTS$/);
  expect(lookup).not.toHaveBeenCalled();
}); // prettier-ignore

describe('A name server whose answers change', () => {
  let server: Server;
  let port: number;
  /** The addresses of this machine that have received a connection. */
  let reached: string[];
  /** The answers of the name server, in order. */
  let answers: string[][];

  beforeAll(async () => {
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      reached.push(request.socket.localAddress ?? '');
      response.writeHead(200, { connection: 'close' }).end('a document');
    };
    // All of 127.0.0.0/8 is this machine: 127.0.0.2 stands for a machine of the inner network.
    server = createServer({ ...certificate }, answer).listen(0, '0.0.0.0');
    await new Promise((resolve) => server.once('listening', resolve));
    ({ port } = server.address() as AddressInfo);
  });
  beforeEach(() => {
    reached = [];
    const lookUp = (
      _name: string,
      _options: unknown,
      callback: (error: null, found: dns.LookupAddress[]) => void,
    ) => {
      callback(
        null,
        (answers.shift() ?? []).map((address) => ({ address, family: 4 })),
      );
    };
    jest.spyOn(dns, 'lookup').mockImplementation(lookUp as unknown as typeof dns.lookup);
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const fetchFrom = (): Promise<string> =>
    outcomeOf(sourcesFor(`localhost:${port}`, '127.0.0.1'), `https://localhost:${port}/contract.pdf`);
  const PRIVATE = 'refused: comes from a private address that is not on SIGNING_DOCUMENT_HOSTS';

  it('between two documents causes no connection', async () => {
    answers = [['127.0.0.1'], ['127.0.0.2']];
    expect([await fetchFrom(), await fetchFrom()]).toEqual(['a document', PRIVATE]);
    expect(reached).toEqual(['127.0.0.1']);
  });

  it('within one answer leads only to its allowed addresses', async () => {
    answers = [['127.0.0.2', '10.0.0.1', '127.0.0.1']];
    expect(await fetchFrom()).toBe('a document');
    expect(reached).toEqual(['127.0.0.1']);
  });

  it('and knows no address causes no connection', async () => {
    answers = [[]];
    expect(await fetchFrom()).toBe(PRIVATE);
    expect(reached).toEqual([]);
  });
});

describe('A document host with arbitrary answers', () => {
  let server: RawServer;
  beforeAll(async () => {
    server = await startRawServer(certificate);
  });
  afterAll(() => server.close());

  const fetchFrom = (milliseconds: number): Promise<string> => {
    const sources = sourcesFor(`localhost:${server.port}`, '127.0.0.1');
    return outcomeOf(
      sources,
      `https://localhost:${server.port}/contract.pdf`,
      AbortSignal.timeout(milliseconds),
    );
  };

  it('gives a document, or one clear sentence', () =>
    fc.assert(
      fc.asyncProperty(arbitraryAnswer, async (script) => {
        server.play(script);
        expect(await fetchFrom(300)).toBeDefined();
      }),
      runOptions(60),
    ), timeLimitMs(60)); // prettier-ignore

  it.each(Object.entries(ENDLESS_ANSWERS))('of which %s never ends is abandoned, and its body is not kept', async (_, script) => {
    server.play(script);
    const grown = await measureGrowth(async () => {
      expect(await fetchFrom(1500)).toMatch(/^(given up$|refused: |{}$)/);
    });
    expect(grown).toBeLessThan(96 * MEGABYTE);
  }); // prettier-ignore
});
