import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { findFreePort } from '../../scripts/processes/ports.js';
import { startTemporalServer } from '../../scripts/processes/temporal-server.js';
import { waitUntil } from '../support/async-helpers.js';
import { spawnWorker } from '../support/program-process.js';
import { createRealEnvironment, useRealEnvironments } from '../support/real-environment.js';

interface HealthResponse {
  readonly status: number;
  readonly body: unknown;
}

/** The response at that path; `undefined` if nobody listens. */
async function get(address: string, path: string): Promise<HealthResponse | undefined> {
  const answer = await fetch(`http://${address}${path}`).catch(() => undefined);
  return answer === undefined ? undefined : { status: answer.status, body: await answer.json() };
}

const OK: HealthResponse = { status: 200, body: { status: 'ok' } };
const notReady = (reason: unknown): HealthResponse => ({
  status: 503,
  body: { status: 'not ready', reason },
});

const VARIABLES = {
  FLEXPERTO_BASE_URL: 'http://127.0.0.1:9',
  FLEXPERTO_API_KEY: 'key',
  SIGNING_DOCUMENT_ROOT: '.',
};

const createEnvironment = useRealEnvironments();

describe('A worker', () => {
  it('is ready while it polls and Temporal answers, and still alive while its last call ends', async () => {
    const environment = await createEnvironment();
    const address = `127.0.0.1:${await findFreePort()}`;
    const worker = await environment.startWorker({ SIGNING_HEALTH_ADDRESS: address });
    await waitUntil('the worker is ready', async () => (await get(address, '/readyz'))?.status === 200);
    expect(await get(address, '/readyz')).toEqual(OK);
    expect(await get(address, '/healthz')).toEqual(OK);
    expect((await get(address, '/'))?.status).toBe(404);

    environment.fake.faults.add({ call: 'initiate', delaySeconds: 20 });
    await environment.start();
    await waitUntil('a call is in flight', () => environment.fake.ledger.entries().length > 0);
    worker.kill('SIGTERM');
    await waitUntil('it takes no new work', async () => (await get(address, '/readyz'))?.status === 503);
    expect(await get(address, '/readyz')).toEqual(
      notReady(expect.stringMatching(/^The worker takes no work: /)),
    );
    expect(await get(address, '/healthz')).toEqual(OK);
  });

  it('is not ready while Temporal does not answer, and says so', async () => {
    const server = await startTemporalServer();
    const environment = await createRealEnvironment(server);
    const address = `127.0.0.1:${await findFreePort()}`;
    await environment.startWorker({ SIGNING_HEALTH_ADDRESS: address });
    await waitUntil('the worker is ready', async () => (await get(address, '/readyz'))?.status === 200);
    await server.stop();
    await waitUntil('it is not any more', async () => (await get(address, '/readyz'))?.status === 503);
    expect(await get(address, '/readyz')).toEqual(
      notReady(expect.stringMatching(/^The Temporal server does not answer: /)),
    );
    expect(await get(address, '/healthz')).toEqual(OK);
    await environment.close();
  });

  it('is alive and not ready while it connects to its server', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined));
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const { port } = silent.address() as AddressInfo;
    const address = `127.0.0.1:${await findFreePort()}`;
    const worker = spawnWorker({
      ...VARIABLES,
      TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
      SIGNING_HEALTH_ADDRESS: address,
    });
    await waitUntil('it answers', async () => (await get(address, '/healthz')) !== undefined);
    expect(await get(address, '/readyz')).toEqual(notReady('The worker is connecting to Temporal.'));
    worker.kill('SIGTERM');
    expect(await worker.exited).toEqual({ code: 0, signal: null });
    silent.close();
  });

  it('does not start if its address is in use, and names the variable', async () => {
    const other = createServer();
    await once(other.listen(0, '127.0.0.1'), 'listening');
    const { port } = other.address() as AddressInfo;
    const worker = spawnWorker({ ...VARIABLES, SIGNING_HEALTH_ADDRESS: `127.0.0.1:${port}` });
    expect(await worker.exited).toEqual({ code: 1, signal: null });
    expect(worker.output()).toMatch(/^SIGNING_HEALTH_ADDRESS cannot be listened on: .*EADDRINUSE.*\n$/);
    other.close();
  });
});

describe("The image's health check", () => {
  /** Runs the check of the Dockerfile against another port. */
  const check = async (port: number): Promise<number> => {
    const [, command = ''] =
      /CMD (\["node", "-e", .*\])/.exec(readFileSync(resolve('Dockerfile'), 'utf8')) ?? [];
    const [, ...args] = (JSON.parse(command) as string[]).map((arg) => arg.replace('9465', String(port)));
    const run = promisify(execFile)(process.execPath, args);
    return run.then(
      () => 0,
      (error: unknown) => (error as { code: number }).code,
    );
  };

  it('fails if nobody answers, and if the worker is not ready', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined));
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const port = await findFreePort();
    expect(await check(port)).toBe(1);
    const worker = spawnWorker({
      ...VARIABLES,
      TEMPORAL_ADDRESS: `127.0.0.1:${(silent.address() as AddressInfo).port}`,
      SIGNING_HEALTH_ADDRESS: `127.0.0.1:${port}`,
    });
    await waitUntil('it answers', async () => (await get(`127.0.0.1:${port}`, '/healthz')) !== undefined);
    expect(await check(port)).toBe(1);
    worker.kill('SIGKILL');
    await worker.exited;
    silent.close();
  });

  it('passes if the worker is ready', async () => {
    const ready = createServer((socket) => {
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    });
    await once(ready.listen(0, '127.0.0.1'), 'listening');
    expect(await check((ready.address() as AddressInfo).port)).toBe(0);
    ready.close();
  });
});
