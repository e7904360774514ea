import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { sweepUploads } from '../../src/gateway/documents/sweep.js';
import { NoServerError } from '../../src/starter/index.js';
import { sourcesInUse } from '../../src/starter/sources-in-use.js';
import { eventually, rejection } from '../support/outcomes.js';
import { REQUEST } from '../support/requests.js';
import { createGatewayWorld, KEY, type GatewayWorld } from './gateway-world.js';
import { file, FORM_TYPE, headOf, postForm } from './multipart.js';

const HOUR_MS = 60 * 60_000;

let world: GatewayWorld;
beforeEach(async () => {
  world = await createGatewayWorld();
});
afterEach(() => world.close());

const pathOf = (source: string): string => join(world.root, source.slice('file:'.length));
const isThere = (source: string): boolean => existsSync(pathOf(source));
const uploads = (): string => join(world.root, 'uploads');

async function upload(): Promise<string> {
  const answer = await postForm(world.gateway.url, file(await readFile(resolve('examples/contract.pdf'))));
  return (answer.body as { source: string }).source;
}

/** Lets so many hours have passed since something was uploaded, or last named by a request. */
async function age(path: string, hours: number): Promise<void> {
  const then = new Date(Date.now() - hours * HOUR_MS);
  await utimes(path, then, then);
}
const ageUpload = (source: string, hours: number): Promise<void> => age(resolve(pathOf(source), '..'), hours);

/** Sweeps as a gateway does. */
const sweep = (): Promise<number> =>
  sweepUploads({ root: world.root, sourcesInUse: () => sourcesInUse(world.client, world.taskQueue) });

/** Starts a signing as a client without the gateway does, and waits until the list of sessions has it. */
async function startAside(requestId: string, source: string): Promise<void> {
  await world.start({ requestId, documents: [{ source }] }, { workflowId: `signing-${requestId}` });
  await eventually('the list has it', async () =>
    (await sourcesInUse(world.client, world.taskQueue)).has(source),
  );
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
    expect([young, old, older].map(isThere)).toEqual([true, false, false]);
  });

  it('is removed once, where several gateways sweep at the same time, and none of them fails', async () => {
    const sources = await Promise.all(Array.from({ length: 30 }, upload));
    for (const source of sources) await ageUpload(source, 25);
    const removed = await Promise.all(Array.from({ length: 5 }, sweep));
    expect(removed.reduce((all, one) => all + one)).toBe(30);
    expect(sources.some(isThere)).toBe(false);
  });

  it('is kept as long as nobody can say that no session uses it', async () => {
    const source = await upload();
    await ageUpload(source, 25);
    await world.server.stop();
    expect(await rejection(sweep())).toBeInstanceOf(NoServerError);
    const gateway = await world.startGateway();
    await gateway.waitFor('the uploads could not be swept');
    expect(isThere(source)).toBe(true);
  });
});

describe('An upload that a session names', () => {
  it('is kept while no worker has taken the session up, and while it needs attention before its upload', async () => {
    const source = await upload();
    await startAside('waiting', `file:./uploads/../uploads/${source.slice('file:uploads/'.length)}`);
    await ageUpload(source, 100);
    expect(await sweep()).toBe(0);
    world.fake.faults.add({ call: 'initiate', status: 500 });
    await world.startWorker();
    await world.untilState('waiting', 'needs-attention');
    expect(await sweep()).toBe(0);
    expect(isThere(source)).toBe(true);
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
    expect(await sweepUploads({ root: world.root, sourcesInUse: () => Promise.resolve(new Set()) })).toBe(0);
    expect(isThere(source)).toBe(true);
  });

  it('is kept by a request that comes while a sweep is under way', async () => {
    const source = await upload();
    await ageUpload(source, 25);
    const sweeping = sweepUploads({
      root: world.root,
      sourcesInUse: async () => {
        await world.startSigning({ documents: [{ source }] });
        return new Set();
      },
    });
    expect(await sweeping).toBe(0);
    expect(isThere(source)).toBe(true);
  });

  it('and that is gone does not keep the same request from being answered as before', async () => {
    const source = await upload();
    const request = { documents: [{ source }] };
    const requestId = await world.startSigning(request);
    await ageUpload(source, 25);
    expect(await sweepUploads({ root: world.root, sourcesInUse: () => Promise.resolve(new Set()) })).toBe(1);
    const again = await world.call('POST', '/signings', { body: { ...REQUEST, requestId, ...request } });
    expect(again).toMatchObject({ status: 200, body: { created: false } });
  });
});

it('what a gateway leaves behind that is killed in the middle of an upload is removed after an hour', async () => {
  const doomed = await world.startGateway();
  const socket = connect(Number(new URL(doomed.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(
    `POST /documents HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer ${KEY}\r\n` +
      `Content-Type: ${FORM_TYPE}\r\nContent-Length: 1000000\r\n\r\n`,
  );
  socket.write(Buffer.concat([headOf(file('')), Buffer.alloc(300_000, 'a')]));
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
  expect((await readdir(uploads())).sort()).toEqual([...others].sort());
  expect(existsSync(join(world.root, 'contract.pdf'))).toBe(true);
});

it('the sessions of a namespace that no worker has prepared yet count too', async () => {
  const source = await upload();
  const connection = await Connection.connect({ address: world.server.address });
  const client = new Client({ connection });
  await startAside('early', source);
  expect([...(await sourcesInUse(client, world.taskQueue))]).toEqual([source]);
  await world.startWorker();
  await eventually('search attributes are there', async () => {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({
      namespace: 'default',
    });
    return 'SigningState' in customAttributes;
  });
  await connection.close();
});
