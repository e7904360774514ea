import { once } from 'node:events';
import { readFile, utimes } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { findFreePort } from '../../scripts/processes/ports.js';
import { hashGatewayKey } from '../../scripts/processes/program.js';
import { createGatewayMetrics } from '../../src/gateway/metrics.js';
import { waitUntil } from '../support/async-helpers.js';
import { type Sample, scrape, sumSamples } from '../support/exposition.js';
import { spawnProgram, startGatewayProcess } from '../support/program-process.js';
import { type GatewayEnvironment, callAt, createGatewayEnvironment } from './gateway-environment.js';
import { filePart, postForm } from './uploads/multipart.js';

const REQUESTS = 'signing_gateway_request_duration_seconds_count';
const FAILURES = 'signing_gateway_sweep_failures_total';
const LAST_CLEANUP = 'signing_gateway_last_sweep_timestamp_seconds';

let environment: GatewayEnvironment;
let address: string;
beforeAll(async () => {
  address = `127.0.0.1:${await findFreePort()}`;
  environment = await createGatewayEnvironment({ SIGNING_METRICS_ADDRESS: address });
});
afterAll(() => environment.close());

const labels = () => ({ namespace: 'default', task_queue: environment.taskQueue });
const valueOf = (samples: readonly Sample[], name: string, more: Sample['labels'] = {}): number =>
  sumSamples(samples, name, { ...labels(), ...more });

/** What the gateway counts during an action. */
async function countDuring(action: () => Promise<unknown>) {
  const before = await scrape(address);
  await action();
  const after = await scrape(address);
  return (name: string, more: Sample['labels'] = {}) =>
    valueOf(after, name, more) - valueOf(before, name, more);
}

describe('The metrics of a gateway', () => {
  it('count every request by the template of its route and the class of its status, never by its address', async () => {
    const counted = await countDuring(async () => {
      await environment.call('GET', '/signings/jane-doe');
      await environment.call('GET', '/signings?limit=1&crmRecord=jane-doe');
      await environment.call('GET', '/jane-doe');
    });
    expect(counted(REQUESTS, { route: 'GET /signings/:requestId', status: '4xx' })).toBe(1);
    expect(counted(REQUESTS, { route: '(unknown)', status: '4xx' })).toBe(1);
    expect(counted('signing_gateway_request_duration_seconds_sum')).toBeGreaterThan(0);
    expect(JSON.stringify(await scrape(address))).not.toContain('jane');
  });

  it('count rejected callers by status', async () => {
    const counted = await countDuring(async () => {
      await environment.call('GET', '/signings', { key: 'wrong' });
      await environment.call('GET', '/signings', { key: null });
    });
    expect(counted('signing_gateway_refusals_total', { status: '401' })).toBe(2);
    expect(counted('signing_gateway_refusals_total', { status: '429' })).toBe(0);
  });

  it('count uploads, their bytes and rejected uploads', async () => {
    const contract = await readFile(resolve('examples/contract.pdf'));
    const counted = await countDuring(async () => {
      await postForm(environment.gateway.url, filePart(contract));
      await postForm(environment.gateway.url, { name: 'other', content: 'no file' });
    });
    expect(counted('signing_gateway_uploads_total', { result: 'accepted' })).toBe(1);
    expect(counted('signing_gateway_uploads_total', { result: 'refused' })).toBe(1);
    expect(counted('signing_gateway_uploads_total', { result: 'failed' })).toBe(0);
    expect(counted('signing_gateway_uploaded_bytes_total')).toBe(contract.length);
  });

  it('show the free space on the disk of the uploads', async () => {
    const samples = await scrape(address);
    const free = valueOf(samples, 'signing_gateway_upload_disk_free_bytes');
    expect(free).toBeGreaterThan(0);
    expect(valueOf(samples, 'signing_gateway_upload_disk_size_bytes')).toBeGreaterThan(free);
  });

  it('omit only the disk if it cannot be read', async () => {
    const { render } = createGatewayMetrics({
      root: '/does/not/exist',
      namespace: 'default',
      taskQueue: 'signing',
    });
    expect(await render()).toMatch(/^signing_gateway_upload_disk_free_bytes\{.*\} Nan$/m);
  });

  it('are served only at their own address, which serves nothing else', async () => {
    expect((await environment.call('GET', '/metrics')).status).toBe(404);
    expect((await callAt(`http://${address}`, 'GET', '/signings')).status).toBe(404);
  });

  it('need a free address: otherwise the gateway names the variable and ends', async () => {
    const other = createServer();
    await once(other.listen(0, '127.0.0.1'), 'listening');
    const taken = `127.0.0.1:${(other.address() as AddressInfo).port}`;
    const env = {
      ...environment.env,
      SIGNING_GATEWAY_KEYS: hashGatewayKey('crm', 'key'),
      SIGNING_METRICS_ADDRESS: taken,
    };
    const gateway = spawnProgram('dist/src/gateway.js', env);
    expect(await gateway.exited).toEqual({ code: 1, signal: null });
    expect(gateway.output()).toMatch(/^SIGNING_METRICS_ADDRESS cannot be listened on: .*EADDRINUSE.*\n$/);
    other.close();
  });
});

describe('The cleanups of a gateway', () => {
  const startGatewayWithMetrics = async (env: NodeJS.ProcessEnv = {}) => {
    const at = `127.0.0.1:${await findFreePort()}`;
    const keys = { SIGNING_GATEWAY_KEYS: hashGatewayKey('crm', 'key') };
    const gateway = await startGatewayProcess({
      ...environment.env,
      ...keys,
      SIGNING_METRICS_ADDRESS: at,
      ...env,
    });
    return {
      shown: async (name: string) => valueOf(await scrape(at), name),
      end: async () => {
        gateway.kill('SIGKILL');
        await gateway.exited;
      },
    };
  };

  it('are counted by removed uploads and by failures, with the time of the last success', async () => {
    const contract = filePart(await readFile(resolve('examples/contract.pdf')));
    const { source } = (await postForm(environment.gateway.url, contract)).body as {
      readonly source: string;
    };
    const yesterday = new Date(Date.now() - 25 * 60 * 60_000);
    await utimes(join(environment.root, source.slice('file:'.length), '..'), yesterday, yesterday);

    const nobody = `127.0.0.1:${await findFreePort()}`;
    const disconnected = await startGatewayWithMetrics({ TEMPORAL_ADDRESS: nobody });
    await waitUntil('a cleanup has failed', async () => (await disconnected.shown(FAILURES)) === 1);
    expect(await disconnected.shown(LAST_CLEANUP)).toBe(0);
    await disconnected.end();

    const connected = await startGatewayWithMetrics();
    await waitUntil('a cleanup has ended', async () => (await connected.shown(LAST_CLEANUP)) > 0);
    expect(await connected.shown('signing_gateway_swept_uploads_total')).toBe(1);
    expect(await connected.shown(FAILURES)).toBe(0);
    expect(Math.abs((await connected.shown(LAST_CLEANUP)) - Date.now() / 1000)).toBeLessThan(600);
    await connected.end();
  });
});
