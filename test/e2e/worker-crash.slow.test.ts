import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { findFreePort } from '../../scripts/processes/ports.js';
import { type TemporalServer, startTemporalServer } from '../../scripts/processes/temporal-server.js';
import { waitUntil } from '../support/async-helpers.js';
import { type LocalServer, createLocalCertificate, startLocalServer } from '../support/local-server.js';
import { type RealEnvironment, createRealEnvironment } from '../support/real-environment.js';
import type { Signing } from '../support/signing.js';
import { type ThrottlingProxy, startThrottlingProxy, writeLargePdf } from '../support/slow-uploads.js';

const MEGABYTE = 1024 * 1024;
const OVER_AN_HOUR_SECONDS = 3_700;
/** Longer than any test: such a response never comes. */
const NEVER_SECONDS = 600;

let server: TemporalServer;
let environment: RealEnvironment;
let uploadProxy: ThrottlingProxy;
let documents: SlowDocumentHost;
let checking: Signing;
let initiating: Signing;
let uploading: Signing;
let attaching: Signing;

/** One worker, four signings, and SIGKILL while each is in the middle of another step. */
beforeAll(async () => {
  server = await startTemporalServer();
  const uploadPort = await findFreePort();
  uploadProxy = await startThrottlingProxy(uploadPort, MEGABYTE);
  environment = await createRealEnvironment(server, { uploadPort, publicUploadUrl: uploadProxy.url });
  documents = await startSlowDocumentHost(join(environment.root, 'ca.pem'));
  await writeLargePdf(join(environment.root, 'large.pdf'), 5 * MEGABYTE);
  const worker = await environment.startWorker(documents.env);

  attaching = await startAttaching();
  uploading = await startUploading();
  initiating = await startInitiating();
  checking = await environment.start({ documents: [{ source: documents.source }] });
  await waitUntil('the document is being fetched', () => documents.requests() === 1);

  worker.kill('SIGKILL');
  await worker.exited;
  environment.fake.clock.advance(OVER_AN_HOUR_SECONDS);
  uploadProxy.dropHeld();
  uploadProxy.release();
  await environment.startWorker(documents.env);
}, 120_000);

afterAll(async () => {
  await environment.close();
  await documents.server.close();
  await uploadProxy.close();
  await server.stop();
});

describe('After the worker was killed in the middle of', () => {
  it('an upload, and the upload URL has expired, only the missing document is uploaded, over a fresh URL', async () => {
    const { documents: attached } = await uploading.untilState('awaiting-handover');
    const session = findContractSession(await uploading.status());
    expect(session.files.map(({ name }) => name).sort()).toEqual(['contract.pdf', 'large.pdf', 'terms.pdf']);
    expect(session.documents.map(({ name }) => name)).toEqual(['contract.pdf', 'large.pdf', 'terms.pdf']);
    expect(session.documents.map(({ sha256 }) => sha256)).toEqual(attached.map(({ sha256 }) => sha256));
    const urls = environment.fake.ledger
      .entries()
      .filter(
        ({ call, effect, sessionId }) => call === 'upload-url' && effect !== null && sessionId === session.id,
      );
    expect(urls).toHaveLength(2);
  });

  it('initiate, the signing needs attention and does not repeat the call; after an adoption it goes on', async () => {
    const { attention, sessionId } = await initiating.untilState('needs-attention');
    expect(sessionId).toBeNull();
    expect(attention).toMatchObject({ step: 'initiate', actions: ['retry', 'adopt', 'abort'] });
    expect(attention?.reason).toContain('the worker was lost');
    const created = environment.fake.sessions().filter(({ name }) => name === 'initiating');
    expect(created).toHaveLength(1);

    await initiating.resolve({ action: 'adopt', sessionId: created[0]?.id });
    await initiating.untilState('awaiting-handover');
    expect(environment.fake.sessions().filter(({ name }) => name === 'initiating')).toHaveLength(1);
  });

  it('attach, the list shows that the file is attached, and the rest follows in order', async () => {
    const session = findContractSession(await attaching.untilState('awaiting-handover'));
    expect(session.documents.map(({ name }) => name)).toEqual(['first.pdf', 'second.pdf', 'third.pdf']);
    expect(session.files).toHaveLength(3);
  });

  it('the check of the documents, the next worker repeats it', async () => {
    const session = findContractSession(await checking.untilState('awaiting-handover'));
    expect(session.documents.map(({ name }) => name)).toEqual(['remote.pdf']);
  });

  it('anything, all signings complete', async () => {
    for (const signing of [checking, initiating, uploading, attaching]) {
      await signing.signAll();
      expect((await signing.result()).state).toBe('completed');
    }
    expect(environment.fake.sessions()).toHaveLength(4);
  });
});

async function startAttaching(): Promise<Signing> {
  environment.fake.faults.add({ call: 'attach', document: 'second.pdf', delaySeconds: NEVER_SECONDS });
  const names = ['first.pdf', 'second.pdf', 'third.pdf'];
  const signing = await environment.start({
    documents: names.map((name) => ({ source: 'file:contract.pdf', name })),
  });
  await waitUntil(
    'the second file is attached',
    () => environment.fake.ledger.effects('document-attached').length === 2,
  );
  return signing;
}

async function startUploading(): Promise<Signing> {
  const sources = ['contract', 'large', 'terms'].map((name) => ({ source: `file:${name}.pdf` }));
  const signing = await environment.start({ documents: sources });
  await signing.until(({ documents: all }) => all.filter(({ fileId }) => fileId !== null).length === 2);
  await waitUntil('the upload of the large document is in flight', () => uploadProxy.heldUploads() === 1);
  return signing;
}

async function startInitiating(): Promise<Signing> {
  environment.fake.faults.add({ call: 'initiate', delaySeconds: NEVER_SECONDS });
  const signing = await environment.start({ name: 'initiating' });
  await waitUntil('the contract session exists at the vendor', () =>
    environment.fake.sessions().some(({ name }) => name === 'initiating'),
  );
  return signing;
}

function findContractSession({ sessionId }: { readonly sessionId: number | null }) {
  const session = environment.fake.sessions().find(({ id }) => id === sessionId);
  if (session === undefined) throw new Error('there is no such contract session at the vendor');
  return session;
}

interface SlowDocumentHost {
  readonly server: LocalServer;
  readonly source: string;
  /** The worker's variables to trust and reach it. */
  readonly env: NodeJS.ProcessEnv;
  requests(): number;
}

/** A document host that never answers its first request. */
async function startSlowDocumentHost(authority: string): Promise<SlowDocumentHost> {
  const certificate = await createLocalCertificate();
  await writeFile(authority, certificate.cert);
  const contract = await readFile(resolve('examples/contract.pdf'));
  let requests = 0;
  const host = await startLocalServer((_, response) => {
    requests += 1;
    if (requests > 1) response.end(contract);
  }, certificate);
  return {
    server: host,
    source: `${host.url}/remote.pdf`,
    env: { NODE_EXTRA_CA_CERTS: authority, SIGNING_DOCUMENT_HOSTS: `localhost:${host.port},127.0.0.1` },
    requests: () => requests,
  };
}
