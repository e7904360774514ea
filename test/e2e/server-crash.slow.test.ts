import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../../scripts/processes/ports.js';
import { startTemporalServer, type TemporalServer } from '../../scripts/processes/temporal-server.js';
import { writeLargePdf, startThrottlingProxy, type ThrottlingProxy } from '../support/slow-uploads.js';
import { waitUntil } from '../support/async-helpers.js';
import { createRealEnvironment, type RealEnvironment } from '../support/real-environment.js';
import type { Signing } from '../support/signing.js';

const MEGABYTE = 1024 * 1024;

let folder: string;
let server: TemporalServer;
let environment: RealEnvironment;
let valve: ThrottlingProxy;
let uploading: Signing;
let waiting: Signing;

/** A Temporal server that keeps everything in a file, ended by SIGKILL in the middle of an upload and started again. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signing-server-'));
  const options = { port: await findFreePort(), dbFile: join(folder, 'temporal.db') };
  server = await startTemporalServer(options);
  const uploadPort = await findFreePort();
  valve = await startThrottlingProxy(uploadPort, MEGABYTE);
  environment = await createRealEnvironment(server, { uploadPort, publicUploadUrl: valve.url });
  await writeLargePdf(join(environment.root, 'large.pdf'), 5 * MEGABYTE);
  await environment.startWorker();

  waiting = await environment.start();
  await waiting.untilState('awaiting-handover');
  uploading = await environment.start({
    documents: [{ source: 'file:large.pdf' }, { source: 'file:terms.pdf' }],
  });
  await waitUntil('the large document is under way', () => valve.heldUploads() === 1);

  server.kill();
  await server.stop();
  // The upload ends while there is no server to tell.
  valve.release();
  await waitUntil('the upload has ended', () =>
    environment.fake.ledger.effects('file-uploaded').some(({ documentName }) => documentName === 'large.pdf'),
  );
  server = await startTemporalServer(options);
}, 120_000);

afterAll(async () => {
  await environment.close();
  await valve.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('After the Temporal server was killed and has come back', () => {
  it.each([
    ['a session that was uploading', () => uploading, ['large.pdf', 'terms.pdf']],
    ['a session that was waiting', () => waiting, ['contract.pdf', 'terms.pdf']],
  ])('%s goes on to its end with the same worker, and nothing is sent twice', async (_, signing, names) => {
    await signing().signAll();
    const { state, sessionId } = await signing().result();
    expect(state).toBe('completed');
    const session = environment.fake.sessions().find(({ id }) => id === sessionId);
    expect(session?.documents.map(({ name }) => name)).toEqual(names);
  });

  it('each session was initiated once', () => {
    expect(environment.fake.ledger.effects('session-initiated')).toHaveLength(2);
  });
});
