import { randomUUID } from 'node:crypto';
import { hashGatewayKey } from '../../scripts/processes/program.js';
import { startIdentityProvider } from '../gateway/auth/identity-provider.js';
import { KEY, callAt } from '../gateway/gateway-environment.js';
import { waitUntil } from '../support/async-helpers.js';
import { type TestProxy, startHttpProxy } from '../support/http-proxy.js';
import { spawnWorker, startGatewayProcess } from '../support/program-process.js';
import { useRealEnvironments } from '../support/real-environment.js';
import { runCli } from '../support/run-cli.js';
import { startTraceCollector } from '../support/trace-collector.js';

const createEnvironment = useRealEnvironments();
const CREDENTIALS = 'worker:s3cret-word';
let proxy: TestProxy;
let variables: Record<string, string>;
beforeEach(async () => {
  proxy = await startHttpProxy({ credentials: CREDENTIALS });
  const address = proxy.url.replace('//', `//${CREDENTIALS}@`);
  variables = { http_proxy: address, HTTPS_PROXY: address };
});
afterEach(() => proxy.close());

const readHost = (url: string): string => new URL(url).host;

it('A worker reaches flexperto, the upload host and the collector of traces through the proxy, and Temporal directly', async () => {
  const collector = await startTraceCollector();
  const traced = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url.replace('127.0.0.1', 'collector.example.invalid'),
    OTEL_BSP_SCHEDULE_DELAY: '200',
  };
  const environment = await createEnvironment();
  const worker = await environment.startWorker({ ...variables, ...traced });
  const signing = await environment.start();
  await signing.signAll();
  expect(await signing.result()).toMatchObject({ state: 'completed' });
  await waitUntil('traces have come', () => collector.spans().length > 0);
  worker.kill('SIGTERM');
  await worker.exited;
  const { fake } = environment;
  const collected = readHost(traced.OTEL_EXPORTER_OTLP_ENDPOINT);
  expect(new Set(proxy.connectTargets)).toEqual(
    new Set([readHost(fake.url), readHost(fake.uploadUrl), collected]),
  );
  expect(proxy.otherRequests).toEqual([]);
  expect(worker.output()).not.toContain('s3cret');
  await collector.close();
});

it('A gateway reaches the identity provider through the proxy; gateway and command line reach Temporal directly', async () => {
  const environment = await createEnvironment();
  await environment.startWorker();
  const signing = await environment.start();
  const provider = await startIdentityProvider();
  const gateway = await startGatewayProcess({ ...environment.env, ...variables, ...provider.env });
  const answer = await callAt(gateway.url, 'GET', `/signings/${signing.requestId}`, {
    key: provider.token(),
  });
  expect(answer).toMatchObject({ status: 200 });
  const shown = await runCli(['status', signing.requestId, '--json'], {
    cwd: environment.root,
    env: { ...environment.env, ...variables, grpc_proxy: variables['http_proxy'] ?? '' },
  });
  expect(shown).toMatchObject({ code: 0 });
  gateway.kill('SIGTERM');
  await gateway.exited;
  expect(proxy.connectTargets).toEqual([readHost(provider.env['SIGNING_GATEWAY_JWKS_URL'] ?? '')]);
  expect(proxy.otherRequests).toEqual([]);
  expect(gateway.output()).not.toContain('s3cret');
  await provider.close();
});

it('A worker does not start with an invalid proxy, nor if it would send the key over plain http', async () => {
  const env = { FLEXPERTO_BASE_URL: 'http://tenant.example.invalid', FLEXPERTO_API_KEY: randomUUID() };
  const plain = spawnWorker(env);
  expect(await plain.exited).toEqual({ code: 1, signal: null });
  expect(plain.stderr()).toMatch(
    /^FLEXPERTO_BASE_URL must be an https: address.*FLEXPERTO_ALLOW_HTTP=true\.\n$/,
  );
  const wrong = spawnWorker({
    ...env,
    FLEXPERTO_ALLOW_HTTP: 'true',
    https_proxy: 'socks5://a:s3cret@proxy:1',
  });
  expect(await wrong.exited).toEqual({ code: 1, signal: null });
  expect(wrong.stderr()).toMatch(/^https_proxy must be the address of an HTTP proxy .*\n$/);
  expect(wrong.stderr()).not.toContain('s3cret');
});

it('A waiting signing that cannot poll says why, in the terminal and to the CRM, without new events in its history', async () => {
  const environment = await createEnvironment();
  await environment.startWorker(variables);
  const signing = await environment.start();
  await signing.untilState('awaiting-handover');
  const status = async (): Promise<string> => {
    const env = { ...environment.env };
    return (await runCli(['status', signing.requestId], { cwd: environment.root, env })).stdout;
  };
  expect(await status()).not.toContain('Tried again');
  const { historyLength } = await signing.handle.describe();
  await proxy.close();
  const why =
    'list documents: the request was not sent, no connection to flexperto (no connection to the proxy: ECONNREFUSED)';
  await waitUntil('the status says why', async () =>
    (await status()).includes(`Retrying automatically: ${why}`),
  );

  const gateway = await startGatewayProcess({
    ...environment.env,
    SIGNING_GATEWAY_KEYS: hashGatewayKey('crm', KEY),
  });
  const answer = await callAt(gateway.url, 'GET', `/signings/${signing.requestId}`);
  expect(answer.body).toMatchObject({ state: 'awaiting-handover', attention: null, lastFailure: why });
  gateway.kill('SIGTERM');
  await gateway.exited;
  expect((await signing.handle.describe()).historyLength).toBe(historyLength);
});
