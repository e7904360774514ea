import { existsSync } from 'node:fs';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { NativeConnection } from '@temporalio/worker';
import { sweepUploads } from '../../src/gateway/documents/sweep.js';
import { addSearchAttributes } from '../../src/search-attributes.js';
import { sourcesInUse } from '../../src/starter/sources-in-use.js';
import { eventually } from '../support/outcomes.js';
import { REQUEST } from '../support/requests.js';
import { createGatewayWorld, type GatewayWorld } from './gateway-world.js';
import { beginToPost, uploadContract } from './multipart.js';

const HOUR_MS = 60 * 60_000;

let world: GatewayWorld;
beforeAll(async () => {
  world = await createGatewayWorld();
});
afterAll(() => world.close());

const pathOf = (source: string, { root } = world): string => join(root, source.slice('file:'.length));
const isThere = (source: string, where = world): boolean => existsSync(pathOf(source, where));
const uploads = (): string => join(world.root, 'uploads/default/signing');
const areaOf = ({ root, taskQueue } = world) => ({ root, namespace: 'default', taskQueue });

const upload = ({ gateway } = world): Promise<string> => uploadContract(gateway.url);

/** Lets so many hours have passed since something was uploaded, or last named by a request. */
async function age(path: string, hours: number): Promise<void> {
  const then = new Date(Date.now() - hours * HOUR_MS);
  await utimes(path, then, then);
}
const ageUpload = (source: string, hours: number, where = world): Promise<void> =>
  age(resolve(pathOf(source, where), '..'), hours);

/** Sweeps as a gateway does. */
const sweep = (where = world): Promise<number> =>
  sweepUploads({ area: areaOf(where), sourcesInUse: () => sourcesInUse(where.client, where.taskQueue) });

/** Starts a signing as a client without the gateway does, and waits until the list of sessions has it. */
async function startAside(requestId: string, source: string, where = world): Promise<void> {
  const { client, taskQueue, start } = where;
  await start({ requestId, documents: [{ source }] }, { workflowId: `signing-${requestId}` });
  await eventually('the list has it', async () => (await sourcesInUse(client, taskQueue)).has(source));
}

describe('An upload that no session uses', () => {
  it('is removed when it is a day old, when a gateway starts and at the next sweep, and not before', async () => {
    const [young, old, older] = [await upload(), await upload(), await upload()];
    await ageUpload(young, 23.9);
    await ageUpload(old, 24.1);
    await world.startGateway();
    await eventually('it is gone', () => !isThere(old));
    await ageUpload(older, 500);
    expect(await sweep()).toBe(1);
    expect([young, old, older].map((source) => isThere(source))).toEqual([true, false, false]);
  });

  it('is removed once, where several gateways sweep at the same time, and none of them fails', async () => {
    const sources = await Promise.all(Array.from({ length: 12 }, () => upload()));
    for (const source of sources) await ageUpload(source, 25);
    const removed = await Promise.all(Array.from({ length: 5 }, () => sweep()));
    expect(removed.reduce((all, one) => all + one)).toBe(12);
    expect(sources.some((source) => isThere(source))).toBe(false);
  });
});

describe('An upload that a session names', () => {
  it('is kept while no worker has taken the session up, and while it needs attention before its upload', async () => {
    const source = await upload();
    await startAside('waiting', `file:./uploads/../uploads/${source.slice('file:uploads/'.length)}`);
    await ageUpload(source, 100);
    expect(await sweep()).toBe(0);
    world.fake.faults.add({ call: 'initiate', status: 500 });
    const worker = await world.startWorker();
    await world.untilState('waiting', 'needs-attention');
    expect(await sweep()).toBe(0);
    expect(isThere(source)).toBe(true);
    worker.kill('SIGTERM');
    await worker.ended;
  });

  it('is removed after a day once the vendor has it', async () => {
    const source = await upload();
    await world.startWorker();
    await world.signingIn('awaiting-handover', { documents: [{ source }] });
    await eventually(
      'the list knows it',
      async () => !(await sourcesInUse(world.client, world.taskQueue)).has(source),
    );
    expect(await sweep()).toBe(0);
    await ageUpload(source, 25);
    expect(await sweep()).toBe(1);
  });

  it('is kept for another day by the request, before any list can have it', async () => {
    const source = await upload();
    await ageUpload(source, 25);
    await world.startSigning({ documents: [{ source }] });
    // As a list that lags behind.
    await sweepUploads({ area: areaOf(), sourcesInUse: () => Promise.resolve(new Set()) });
    expect(isThere(source)).toBe(true);
  });

  it('is kept by a request that comes while a sweep is under way', async () => {
    const source = await upload();
    await ageUpload(source, 25);
    await sweepUploads({
      area: areaOf(),
      sourcesInUse: async () => {
        await world.startSigning({ documents: [{ source }] });
        return new Set();
      },
    });
    expect(isThere(source)).toBe(true);
  });

  it('and that is gone does not keep the same request from being answered as before', async () => {
    const source = await upload();
    const request = { documents: [{ source }] };
    const requestId = await world.startSigning(request);
    await ageUpload(source, 25);
    await sweepUploads({ area: areaOf(), sourcesInUse: () => Promise.resolve(new Set()) });
    expect(isThere(source)).toBe(false);
    const again = await world.call('POST', '/signings', { body: { ...REQUEST, requestId, ...request } });
    expect(again).toMatchObject({ status: 200, body: { created: false } });
  });
});

it('what a gateway leaves behind that is killed in the middle of an upload is removed after an hour', async () => {
  const doomed = await world.startGateway();
  beginToPost(doomed.url, 1_000_000);
  let partial: string | undefined;
  await eventually('it has begun to arrive', async () => {
    [partial] = (await readdir(uploads())).filter((name) => name.endsWith('.part'));
    return partial !== undefined;
  });
  doomed.kill('SIGKILL');
  await doomed.ended;
  const path = join(uploads(), partial ?? '');
  await sweep();
  expect(existsSync(path)).toBe(true);
  await age(path, 1.1);
  await sweep();
  expect(existsSync(path)).toBe(false);
});

it('a sweep leaves alone what is no upload', async () => {
  const source = await upload();
  const others = ['templates', 'readme.txt', `${'0'.repeat(8)}-backup`];
  for (const name of others) {
    await mkdir(join(uploads(), name));
    await writeFile(join(uploads(), name, 'contract.pdf'), '%PDF');
    await age(join(uploads(), name), 1000);
  }
  await ageUpload(source, 25);
  expect(await sweep()).toBe(1);
  expect(others.filter((name) => existsSync(join(uploads(), name, 'contract.pdf')))).toEqual(others);
  expect(existsSync(join(world.root, 'contract.pdf'))).toBe(true);
});

describe('Where the Temporal server', () => {
  let other: GatewayWorld;
  beforeEach(async () => {
    other = await createGatewayWorld();
  });
  afterEach(() => other.close());

  it('does not answer, nothing is removed', async () => {
    const source = await upload(other);
    await ageUpload(source, 25, other);
    await other.server.stop();
    const gateway = await other.startGateway();
    await gateway.waitFor('the uploads could not be swept');
    expect(isThere(source, other)).toBe(true);
  });

  it('knows nothing of the state of a session, the session counts', async () => {
    const { client } = other;
    const source = await upload(other);
    await startAside('early', source, other);
    await ageUpload(source, 25, other);
    expect(await sweep(other)).toBe(0);
    const connection = await NativeConnection.connect({ address: other.server.address });
    await addSearchAttributes(connection, 'default');
    await connection.close();
    await eventually('the server knows the attribute', async () => {
      const listed = client.workflow.count('SigningState IS NULL').then(() => true);
      return listed.catch(() => false);
    });
    expect(await sweep(other)).toBe(0);
    expect(isThere(source, other)).toBe(true);
  });
});
