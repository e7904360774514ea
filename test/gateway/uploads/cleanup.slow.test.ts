import { NativeConnection } from '@temporalio/worker';
import { existsSync } from 'node:fs';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { listActiveSources } from '../../../src/client/list.js';
import { removeUnusedUploads } from '../../../src/gateway/uploads/cleanup.js';
import { addSearchAttributes } from '../../../src/worker/search-attributes.js';
import { waitUntil } from '../../support/async-helpers.js';
import { REQUEST } from '../../support/requests.js';
import { type GatewayEnvironment, createGatewayEnvironment } from '../gateway-environment.js';
import { startUpload, uploadContract } from './multipart.js';

const HOUR_MS = 60 * 60_000;

let environment: GatewayEnvironment;
beforeAll(async () => {
  environment = await createGatewayEnvironment();
});
afterAll(() => environment.close());

const pathOf = (source: string, { root } = environment): string => join(root, source.slice('file:'.length));
const exists = (source: string, target = environment): boolean => existsSync(pathOf(source, target));
const uploads = (): string => join(environment.root, 'uploads/default/signing');
const getArea = ({ root, taskQueue } = environment) => ({ root, namespace: 'default', taskQueue });

const upload = ({ gateway } = environment): Promise<string> => uploadContract(gateway.url);

/** Sets the age of an upload or file, in hours since the upload or the last request that named it. */
async function setAge(path: string, hours: number): Promise<void> {
  const then = new Date(Date.now() - hours * HOUR_MS);
  await utimes(path, then, then);
}
const setUploadAge = (source: string, hours: number, target = environment): Promise<void> =>
  setAge(resolve(pathOf(source, target), '..'), hours);

/** Cleans up as a gateway does. */
const cleanUp = (target = environment): Promise<number> =>
  removeUnusedUploads({
    area: getArea(target),
    listActiveSources: () => listActiveSources(target.client, target.taskQueue),
  });

/** Starts a signing without the gateway, and waits until the list of signings has it. */
async function startWithoutGateway(requestId: string, source: string, target = environment): Promise<void> {
  const { client, taskQueue, start } = target;
  await start({ requestId, documents: [{ source }] }, { workflowId: `signing-${requestId}` });
  await waitUntil('the list has it', async () => (await listActiveSources(client, taskQueue)).has(source));
}

describe('An upload that no signing uses', () => {
  it('is removed after a day, when a gateway starts or at the next cleanup, and not before', async () => {
    const [young, old, older] = [await upload(), await upload(), await upload()];
    await setUploadAge(young, 23.9);
    await setUploadAge(old, 24.1);
    await environment.startGateway();
    await waitUntil('it is gone', () => !exists(old));
    await setUploadAge(older, 500);
    expect(await cleanUp()).toBe(1);
    expect([young, old, older].map((source) => exists(source))).toEqual([true, false, false]);
  });

  it('is removed once if several gateways clean up concurrently, and none of them fails', async () => {
    const sources = await Promise.all(Array.from({ length: 12 }, () => upload()));
    for (const source of sources) await setUploadAge(source, 25);
    const removed = await Promise.all(Array.from({ length: 5 }, () => cleanUp()));
    expect(removed.reduce((all, one) => all + one)).toBe(12);
    expect(sources.some((source) => exists(source))).toBe(false);
  });
});

describe('An upload that a signing names', () => {
  it('is kept until a worker starts the signing, and while it needs attention before its upload', async () => {
    const source = await upload();
    await startWithoutGateway('waiting', `file:./uploads/../uploads/${source.slice('file:uploads/'.length)}`);
    await setUploadAge(source, 100);
    expect(await cleanUp()).toBe(0);
    environment.fake.faults.add({ call: 'initiate', status: 500 });
    const worker = await environment.startWorker();
    await environment.waitForState('waiting', 'needs-attention');
    expect(await cleanUp()).toBe(0);
    expect(exists(source)).toBe(true);
    worker.kill('SIGTERM');
    await worker.exited;
  });

  it('is removed after a day once the vendor has it', async () => {
    const source = await upload();
    await environment.startWorker();
    await environment.startSigningUntil('awaiting-handover', { documents: [{ source }] });
    await waitUntil(
      'the list has it',
      async () => !(await listActiveSources(environment.client, environment.taskQueue)).has(source),
    );
    expect(await cleanUp()).toBe(0);
    await setUploadAge(source, 25);
    expect(await cleanUp()).toBe(1);
  });

  it('is kept for another day by the request, before a list shows the signing', async () => {
    const source = await upload();
    await setUploadAge(source, 25);
    await environment.startSigning({ documents: [{ source }] });
    // A list that lags behind.
    await removeUnusedUploads({ area: getArea(), listActiveSources: () => Promise.resolve(new Set()) });
    expect(exists(source)).toBe(true);
  });

  it('is kept by a request during a cleanup', async () => {
    const source = await upload();
    await setUploadAge(source, 25);
    await removeUnusedUploads({
      area: getArea(),
      listActiveSources: async () => {
        await environment.startSigning({ documents: [{ source }] });
        return new Set();
      },
    });
    expect(exists(source)).toBe(true);
  });

  it('does not change the response to the same request after its removal', async () => {
    const source = await upload();
    const request = { documents: [{ source }] };
    const requestId = await environment.startSigning(request);
    await setUploadAge(source, 25);
    await removeUnusedUploads({ area: getArea(), listActiveSources: () => Promise.resolve(new Set()) });
    expect(exists(source)).toBe(false);
    const again = await environment.call('POST', '/signings', {
      body: { ...REQUEST, requestId, ...request },
    });
    expect(again).toMatchObject({ status: 200, body: { created: false } });
  });
});

it('a partial upload of a killed gateway is removed after an hour', async () => {
  const doomed = await environment.startGateway();
  startUpload(doomed.url, 1_000_000);
  let partial: string | undefined;
  await waitUntil('it has begun to arrive', async () => {
    [partial] = (await readdir(uploads())).filter((name) => name.endsWith('.part'));
    return partial !== undefined;
  });
  doomed.kill('SIGKILL');
  await doomed.exited;
  const path = join(uploads(), partial ?? '');
  await cleanUp();
  expect(existsSync(path)).toBe(true);
  await setAge(path, 1.1);
  await cleanUp();
  expect(existsSync(path)).toBe(false);
});

it('a cleanup ignores files that are not uploads', async () => {
  const source = await upload();
  const others = ['templates', 'readme.txt', `${'0'.repeat(8)}-backup`];
  for (const name of others) {
    await mkdir(join(uploads(), name));
    await writeFile(join(uploads(), name, 'contract.pdf'), '%PDF');
    await setAge(join(uploads(), name), 1000);
  }
  await setUploadAge(source, 25);
  expect(await cleanUp()).toBe(1);
  expect(others.filter((name) => existsSync(join(uploads(), name, 'contract.pdf')))).toEqual(others);
  expect(existsSync(join(environment.root, 'contract.pdf'))).toBe(true);
});

describe('If the Temporal server', () => {
  let other: GatewayEnvironment;
  beforeEach(async () => {
    other = await createGatewayEnvironment();
  });
  afterEach(() => other.close());

  it('does not answer, nothing is removed', async () => {
    const source = await upload(other);
    await setUploadAge(source, 25, other);
    await other.server.stop();
    const gateway = await other.startGateway();
    await gateway.waitFor('the cleanup of the uploads failed');
    expect(exists(source, other)).toBe(true);
  });

  it('does not know the state of a signing, its uploads are kept', async () => {
    const { client } = other;
    const source = await upload(other);
    await startWithoutGateway('early', source, other);
    await setUploadAge(source, 25, other);
    expect(await cleanUp(other)).toBe(0);
    const connection = await NativeConnection.connect({ address: other.server.address });
    await addSearchAttributes(connection, 'default');
    await connection.close();
    await waitUntil('the server knows the attribute', async () => {
      const listed = client.workflow.count('SigningState IS NULL').then(() => true);
      return listed.catch(() => false);
    });
    expect(await cleanUp(other)).toBe(0);
    expect(exists(source, other)).toBe(true);
  });
});
