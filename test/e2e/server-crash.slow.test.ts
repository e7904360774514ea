import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../../scripts/processes/ports.js';
import { type TemporalServer, startTemporalServer } from '../../scripts/processes/temporal-server.js';
import { waitUntil } from '../support/async-helpers.js';
import { type RealEnvironment, createRealEnvironment } from '../support/real-environment.js';
import type { Signing } from '../support/signing.js';
import { type ThrottlingProxy, startThrottlingProxy, writeLargePdf } from '../support/slow-uploads.js';

const MEGABYTE = 1024 * 1024;

let folder: string;
let server: TemporalServer;
let environment: RealEnvironment;
let uploadProxy: ThrottlingProxy;
let uploading: Signing;
let waiting: Signing;

/** A Temporal server with a database file, killed in the middle of an upload and started again. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signing-server-'));
  const options = { port: await findFreePort(), dbFile: join(folder, 'temporal.db') };
  server = await startTemporalServer(options);
  const uploadPort = await findFreePort();
  uploadProxy = await startThrottlingProxy(uploadPort, MEGABYTE);
  environment = await createRealEnvironment(server, { uploadPort, publicUploadUrl: uploadProxy.url });
  await writeLargePdf(join(environment.root, 'large.pdf'), 5 * MEGABYTE);
  await environment.startWorker();

  waiting = await environment.start();
  await waiting.untilState('awaiting-handover');
  uploading = await environment.start({
    documents: [{ source: 'file:large.pdf' }, { source: 'file:terms.pdf' }],
  });
  await waitUntil('the upload of the large document is in flight', () => uploadProxy.heldUploads() === 1);

  server.kill();
  await server.stop();
  // The upload ends while the server is down.
  uploadProxy.release();
  await waitUntil('the upload has ended', () =>
    environment.fake.ledger.effects('file-uploaded').some(({ documentName }) => documentName === 'large.pdf'),
  );
  server = await startTemporalServer(options);
}, 120_000);

afterAll(async () => {
  await environment.close();
  await uploadProxy.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('After the Temporal server was killed and restarted', () => {
  it.each([
    ['a signing that was uploading', () => uploading, ['large.pdf', 'terms.pdf']],
    ['a signing that was waiting', () => waiting, ['contract.pdf', 'terms.pdf']],
  ])('%s completes with the same worker, and nothing is sent twice', async (_, signing, names) => {
    await signing().signAll();
    const { state, sessionId } = await signing().result();
    expect(state).toBe('completed');
    const session = environment.fake.sessions().find(({ id }) => id === sessionId);
    expect(session?.documents.map(({ name }) => name)).toEqual(names);
  });

  it('each contract session was initiated once', () => {
    expect(environment.fake.ledger.effects('session-initiated')).toHaveLength(2);
  });
});
