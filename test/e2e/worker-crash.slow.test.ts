import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { freePort } from '../../scripts/ports.js';
import { startTemporalServer, type TemporalServer } from '../../scripts/temporal-server.js';
import { writeLargePdf } from '../support/large-pdf.js';
import { localCertificate, serve, type LocalServer } from '../support/local-server.js';
import { eventually } from '../support/outcomes.js';
import { createRealWorld, type RealWorld } from '../support/real-world.js';
import type { Signing } from '../support/signing.js';
import { createUploadValve, type UploadValve } from '../support/upload-valve.js';

const MEGABYTE = 1024 * 1024;
const HOUR_AND_MORE = 3_700;
/** Longer than any test: what is held back so long is never answered. */
const NEVER = 600;

let server: TemporalServer;
let world: RealWorld;
let valve: UploadValve;
let documents: SlowDocuments;
let checking: Signing;
let initiating: Signing;
let uploading: Signing;
let attaching: Signing;

/** One worker, four sessions, and SIGKILL at the moment when each is in the middle of another step. */
beforeAll(async () => {
  server = await startTemporalServer();
  const uploadPort = await freePort();
  valve = await createUploadValve(uploadPort, MEGABYTE);
  world = await createRealWorld(server, { uploadPort, publicUploadUrl: valve.url });
  documents = await serveSlowDocuments(join(world.root, 'ca.pem'));
  await writeLargePdf(join(world.root, 'large.pdf'), 5 * MEGABYTE);
  const worker = await world.startWorker(documents.env);

  attaching = await startAttaching();
  uploading = await startUploading();
  initiating = await startInitiating();
  checking = await world.start({ documents: [{ source: documents.source }] });
  await eventually('the document is being fetched', () => documents.requests() === 1);

  worker.kill('SIGKILL');
  await worker.ended;
  world.fake.clock.advance(HOUR_AND_MORE);
  valve.cut();
  valve.open();
  await world.startWorker(documents.env);
}, 120_000);

afterAll(async () => {
  await world.close();
  await documents.server.close();
  await valve.close();
  await server.stop();
});

describe('After the worker was killed in the middle of', () => {
  it('an upload, and the upload URL has expired, only the missing document is uploaded, over a fresh URL', async () => {
    const { documents: attached } = await uploading.untilState('awaiting-handover');
    const session = sessionOf(await uploading.status());
    expect(session.files.map(({ name }) => name).sort()).toEqual(['contract.pdf', 'large.pdf', 'terms.pdf']);
    expect(session.documents.map(({ name }) => name)).toEqual(['contract.pdf', 'large.pdf', 'terms.pdf']);
    expect(session.documents.map(({ sha256 }) => sha256)).toEqual(attached.map(({ sha256 }) => sha256));
    const urls = world.fake.ledger
      .entries()
      .filter(
        ({ call, effect, sessionId }) => call === 'upload-url' && effect !== null && sessionId === session.id,
      );
    expect(urls).toHaveLength(2);
  });

  it('initiate, it is left to a human and not sent again; adopted, the session goes on', async () => {
    const { attention, sessionId } = await initiating.untilState('needs-attention');
    expect(sessionId).toBeNull();
    expect(attention).toMatchObject({ step: 'initiate', actions: ['retry', 'adopt', 'abort'] });
    expect(attention?.reason).toContain('the worker was lost');
    const created = world.fake.sessions().filter(({ name }) => name === 'initiating');
    expect(created).toHaveLength(1);

    await initiating.resolve({ action: 'adopt', sessionId: created[0]?.id });
    await initiating.untilState('awaiting-handover');
    expect(world.fake.sessions().filter(({ name }) => name === 'initiating')).toHaveLength(1);
  });

  it('attach, the list tells that the file is attached already, and the rest follows in order', async () => {
    const session = sessionOf(await attaching.untilState('awaiting-handover'));
    expect(session.documents.map(({ name }) => name)).toEqual(['first.pdf', 'second.pdf', 'third.pdf']);
    expect(session.files).toHaveLength(3);
  });

  it('the check of the documents, it is simply done again', async () => {
    const session = sessionOf(await checking.untilState('awaiting-handover'));
    expect(session.documents.map(({ name }) => name)).toEqual(['remote.pdf']);
  });

  it('anything, all sessions end as completed', async () => {
    for (const signing of [checking, initiating, uploading, attaching]) {
      await signing.signAll();
      expect((await signing.result()).state).toBe('completed');
    }
    expect(world.fake.sessions()).toHaveLength(4);
  });
});

async function startAttaching(): Promise<Signing> {
  world.fake.faults.add({ call: 'attach', document: 'second.pdf', delaySeconds: NEVER });
  const names = ['first.pdf', 'second.pdf', 'third.pdf'];
  const signing = await world.start({
    documents: names.map((name) => ({ source: 'file:contract.pdf', name })),
  });
  await eventually(
    'the second file is attached',
    () => world.fake.ledger.effects('document-attached').length === 2,
  );
  return signing;
}

async function startUploading(): Promise<Signing> {
  const sources = ['contract', 'large', 'terms'].map((name) => ({ source: `file:${name}.pdf` }));
  const signing = await world.start({ documents: sources });
  await signing.until(({ documents: all }) => all.filter(({ fileId }) => fileId !== null).length === 2);
  await eventually('the large document is under way', () => valve.held() === 1);
  return signing;
}

async function startInitiating(): Promise<Signing> {
  world.fake.faults.add({ call: 'initiate', delaySeconds: NEVER });
  const signing = await world.start({ name: 'initiating' });
  await eventually('the session exists at the vendor', () =>
    world.fake.sessions().some(({ name }) => name === 'initiating'),
  );
  return signing;
}

function sessionOf({ sessionId }: { readonly sessionId: number | null }) {
  const session = world.fake.sessions().find(({ id }) => id === sessionId);
  if (session === undefined) throw new Error('there is no such session at the vendor');
  return session;
}

interface SlowDocuments {
  readonly server: LocalServer;
  readonly source: string;
  /** What the worker needs to trust and to reach it. */
  readonly env: NodeJS.ProcessEnv;
  requests(): number;
}

/** A host of documents that never answers its first request. */
async function serveSlowDocuments(authority: string): Promise<SlowDocuments> {
  const certificate = await localCertificate();
  await writeFile(authority, certificate.cert);
  const contract = await readFile(resolve('examples/contract.pdf'));
  let requests = 0;
  const host = await serve((_, response) => {
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
