import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../scripts/ports.js';
import { startTemporalServer, type TemporalServer } from '../../scripts/temporal-server.js';
import { writeLargePdf } from '../support/large-pdf.js';
import { eventually } from '../support/outcomes.js';
import { createRealWorld, type RealWorld } from '../support/real-world.js';
import type { Signing } from '../support/signing.js';
import { createUploadValve, type UploadValve } from '../support/upload-valve.js';

const MEGABYTE = 1024 * 1024;

let folder: string;
let server: TemporalServer;
let world: RealWorld;
let valve: UploadValve;
let uploading: Signing;
let waiting: Signing;

/** A Temporal server that keeps everything in a file, ended by SIGKILL in the middle of an upload and started again. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signing-server-'));
  const options = { port: await freePort(), dbFile: join(folder, 'temporal.db') };
  server = await startTemporalServer(options);
  const uploadPort = await freePort();
  valve = await createUploadValve(uploadPort, MEGABYTE);
  world = await createRealWorld(server, { uploadPort, publicUploadUrl: valve.url });
  await writeLargePdf(join(world.root, 'large.pdf'), 5 * MEGABYTE);
  await world.startWorker();

  waiting = await world.start();
  await waiting.untilState('awaiting-handover');
  uploading = await world.start({ documents: [{ source: 'file:large.pdf' }, { source: 'file:terms.pdf' }] });
  await eventually('the large document is under way', () => valve.held() === 1);

  server.kill();
  await server.stop();
  // The upload ends while there is no server to tell.
  valve.open();
  await eventually('the upload has ended', () =>
    world.fake.ledger.effects('file-uploaded').some(({ documentName }) => documentName === 'large.pdf'),
  );
  server = await startTemporalServer(options);
}, 120_000);

afterAll(async () => {
  await world.close();
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
    const session = world.fake.sessions().find(({ id }) => id === sessionId);
    expect(session?.documents.map(({ name }) => name)).toEqual(names);
  });

  it('each session was initiated once', () => {
    expect(world.fake.ledger.effects('session-initiated')).toHaveLength(2);
  });
});
