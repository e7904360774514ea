import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashGatewayKey } from '../../scripts/processes/program.js';
import { captureRejection } from '../support/async-helpers.js';
import { startLocalServer } from '../support/local-server.js';
import {
  type ProcessExit,
  type WorkerProcess,
  spawnProgram,
  startGatewayProcess,
} from '../support/program-process.js';
import {
  type GatewayEnvironment,
  KEY,
  callAt,
  createGatewayEnvironment,
  problem,
} from './gateway-environment.js';
import { openEvents } from './signings/event-source.js';

let environment: GatewayEnvironment;
let worker: WorkerProcess;
beforeAll(async () => {
  environment = await createGatewayEnvironment();
  worker = await environment.startWorker();
});
afterAll(() => environment.close());

const KEYS = { SIGNING_GATEWAY_KEYS: hashGatewayKey('crm', KEY) };

describe('SIGTERM', () => {
  it('ends the event streams, waits for other requests in flight, and then ends the gateway', async () => {
    const gateway = await environment.startGateway();
    const { requestId } = await environment.startSigningUntil('awaiting-handover');
    const stream = await openEvents(gateway.url, requestId);
    await stream.next();
    // Its worker is suspended, so the response takes a while.
    worker.kill('SIGSTOP');
    const inFlight = callAt(gateway.url, 'GET', `/signings/${requestId}`);
    await callAt(gateway.url, 'GET', '/healthz');

    gateway.kill('SIGTERM');
    expect(await stream.rest()).toEqual([]);
    expect(await inFlight).toEqual(problem(503, 'no-worker'));
    expect(await gateway.exited).toEqual({ code: 0, signal: null });
    expect(gateway.output()).toContain('"gateway stopped"');
    expect(await captureRejection(callAt(gateway.url, 'GET', '/healthz'))).toMatchObject({
      message: 'fetch failed',
    });
    worker.kill('SIGCONT');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends an idle gateway, even with an open connection: %s',
    async (signal) => {
      const gateway = await environment.startGateway();
      await callAt(gateway.url, 'GET', '/healthz');
      gateway.kill(signal);
      expect(await gateway.exited).toEqual({ code: 0, signal: null });
      expect(gateway.stderr()).toBe('');
    },
  );
});

describe('a gateway that cannot start says so in one sentence', () => {
  const start = async (env: NodeJS.ProcessEnv): Promise<ProcessExit & { said: string }> => {
    const program = spawnProgram('dist/src/gateway.js', env);
    const end = await program.exited;
    return { ...end, said: program.output() };
  };

  it('there is no key, so nobody could call', async () => {
    expect(await start({})).toEqual({
      code: 1,
      signal: null,
      said: 'Nobody could call the gateway: set SIGNING_GATEWAY_KEYS, or SIGNING_GATEWAY_JWKS_URL and what belongs to it.\n',
    });
  });

  it('the variable has a key instead of its hash, and the message does not repeat the key', async () => {
    expect(await start({ SIGNING_GATEWAY_KEYS: 'crm:my-secret-key' })).toEqual({
      code: 1,
      signal: null,
      said: 'SIGNING_GATEWAY_KEYS must be name:hash,… with the SHA-256 of each key in 64 hexadecimal digits.\n',
    });
  });

  it('the address is in use', async () => {
    const other = await startLocalServer((_, response) => response.end());
    const { code, said } = await start({
      ...KEYS,
      SIGNING_DOCUMENT_ROOT: environment.root,
      SIGNING_GATEWAY_ADDRESS: `127.0.0.1:${other.port}`,
    });
    await other.close();
    expect({ code, said }).toEqual({
      code: 1,
      said: `SIGNING_GATEWAY_ADDRESS cannot be listened on: listen EADDRINUSE: address already in use 127.0.0.1:${other.port}.\n`,
    });
  });

  it('there is no folder for documents', async () => {
    const taken = await mkdtemp(join(tmpdir(), 'signing-life-'));
    await writeFile(join(taken, 'uploads'), 'no folder');
    for (const [root, why] of [
      ['/no/such/folder', 'that exists; /no/such/folder is not'],
      [taken, 'that the gateway can write to, for uploads (ENOTDIR)'],
    ] as const)
      expect(await start({ ...KEYS, SIGNING_DOCUMENT_ROOT: root })).toEqual({
        code: 1,
        signal: null,
        said: `SIGNING_DOCUMENT_ROOT must be a folder ${why}.\n`,
      });
    await rm(taken, { recursive: true });
  });

  it('personal data would leave this machine unencrypted', async () => {
    const { code, said } = await start({ ...KEYS, TEMPORAL_ADDRESS: 'temporal.bank.example:7233' });
    expect({ code, said }).toEqual({
      code: 1,
      said: expect.stringMatching(
        /^The Temporal server at temporal\.bank\.example:7233 is not on this machine/,
      ) as string,
    });
  });
});

it('the gateway starts before its Temporal server and serves as soon as the server answers', async () => {
  const gateway = await startGatewayProcess({
    ...KEYS,
    SIGNING_DOCUMENT_ROOT: environment.root,
    TEMPORAL_ADDRESS: '127.0.0.1:1',
  });
  expect(await callAt(gateway.url, 'GET', '/readyz', { key: null })).toEqual(problem(503, 'no-server'));
  expect(await callAt(gateway.url, 'GET', '/healthz', { key: null })).toMatchObject({ status: 200 });
  gateway.kill('SIGTERM');
  await gateway.exited;
});

it('the log has one line for each request with route, caller and status, without query and body', async () => {
  const gateway = await environment.startGateway();
  await callAt(gateway.url, 'GET', '/signings?crmRecord=opportunity/secret');
  await callAt(gateway.url, 'GET', '/signings/crm-nobody-4711');
  await callAt(gateway.url, 'GET', '/no/such/john.doe@example.invalid', { key: null });
  gateway.kill('SIGTERM');
  await gateway.exited;
  const lines = gateway
    .output()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.filter(({ msg }) => msg === 'call answered')).toEqual([
    expect.objectContaining({ call: 'GET /signings', caller: 'gateway/crm', status: 200 }),
    expect.objectContaining({ call: 'GET /signings/:requestId', caller: 'gateway/crm', status: 404 }),
    expect.objectContaining({ call: 'GET (unknown)', status: 404 }),
  ]);
  expect(gateway.output()).not.toMatch(/secret|4711|john/);
});
