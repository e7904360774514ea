import { NativeConnection } from '@temporalio/worker';
import { startTemporalServer, type TemporalServer } from '../../scripts/temporal-server.js';
import { ConfigError } from '../../src/config.js';
import { registerSearchAttributes } from '../../src/search-attributes.js';
import { DENIED, startDenyingProxy, type DenyingProxy } from '../support/denying-proxy.js';
import { hashed, startGatewayProcess } from '../support/gateway-process.js';
import { rejection } from '../support/outcomes.js';
import { createRealWorld, type RealWorld } from '../support/real-world.js';
import { temporalCommand } from '../support/temporal-command.js';
import { spawnWorker, type WorkerProcess } from '../support/worker-process.js';

const LIST = 'ListSearchAttributes';
const ADD = 'AddSearchAttributes';
const CREATE_ALL =
  'temporal operator search-attribute create --namespace default --name SigningState --type Keyword ' +
  '--name SigningMethod --type Keyword --name EmployeeId --type Keyword --name CrmRecord --type Keyword ' +
  '--name FlexpertoSessionId --type Int --name SigningDeadline --type Datetime';

let server: TemporalServer;
let proxy: DenyingProxy;
let world: RealWorld;
let connection: NativeConnection;
let env: Readonly<Record<string, string>>;
let temporal: Awaited<ReturnType<typeof temporalCommand>>;
beforeAll(async () => {
  server = await startTemporalServer();
  proxy = await startDenyingProxy(server.address);
  world = await createRealWorld(server);
  connection = await NativeConnection.connect({ address: proxy.address });
  env = { ...world.env, TEMPORAL_ADDRESS: proxy.address };
  temporal = await temporalCommand(world);
});
afterAll(async () => {
  await connection.close();
  await world.close();
  await proxy.close();
  await server.stop();
});

const register = (): Promise<string[]> => registerSearchAttributes(connection, 'default');

/** What a worker says that cannot start because of its search attributes. */
async function objection(): Promise<string> {
  const error = await rejection(register());
  expect(error).toBeInstanceOf(ConfigError);
  return (error as Error).message;
}

async function startsAndStops(): Promise<WorkerProcess> {
  const worker = spawnWorker(env);
  await worker.waitFor('"worker ready"');
  worker.kill('SIGTERM');
  await worker.ended;
  return worker;
}

/** In this order: the namespace gets its search attributes in between. */
describe('A worker that may not manage search attributes', () => {
  it.each([
    [[ADD], DENIED.permissionDenied],
    [[LIST, ADD], DENIED.unimplemented],
  ])('ends with the call and the remedy where they are missing: %j, status %i', async (methods, status) => {
    proxy.deny(methods, status);
    expect(await objection()).toBe(
      `The search attributes could not be registered (AddSearchAttributes: Request unauthorized.); run as an administrator: ${CREATE_ALL}`,
    );
  });

  it('names only those that are missing, and the one of the wrong type, though it may not list them', async () => {
    await temporal('operator', 'search-attribute', 'create', '--name', 'SigningState', '--type', 'Keyword');
    proxy.deny([LIST, ADD]);
    expect(await objection()).toMatch(/ --namespace default --name SigningMethod --type Keyword /);
    await temporal('operator', 'search-attribute', 'create', '--name', 'SigningDeadline', '--type', 'Int');
    expect(await objection()).toBe(
      'The search attribute SigningDeadline of namespace default must have the type Datetime.',
    );
    await temporal('operator', 'search-attribute', 'remove', '--name', 'SigningDeadline', '--yes');
  });

  it('registers them where it may, though it may not list them', async () => {
    proxy.deny([LIST]);
    expect(await register()).toHaveLength(5);
  });

  it.each(Object.values(DENIED))('starts where they exist: status %i', async (status) => {
    proxy.deny([LIST, ADD], status);
    expect((await startsAndStops()).output()).not.toContain('search attributes registered');
  });
});

describe('A worker that may not even read the namespace', () => {
  it('ends with one sentence that names the calls and the remedy', async () => {
    proxy.deny([LIST, 'ListWorkflowExecutions']);
    expect(await objection()).toBe(
      'The worker may call neither ListSearchAttributes nor ListWorkflowExecutions (Request unauthorized.); allow its identity to read the namespace default.',
    );
    proxy.deny(['DescribeNamespace']);
    const worker = spawnWorker(env);
    expect(await worker.ended).toEqual({ code: 1, signal: null });
    expect(worker.output()).toBe(
      'The worker may not call DescribeNamespace (Request unauthorized.), which the Temporal SDK needs; allow its identity to read the namespace default.\n',
    );
  });
});

it('A worker whose server does not offer DescribeNamespace says in one line that it does not know the retention', async () => {
  proxy.deny(['DescribeNamespace'], DENIED.unimplemented);
  const said = (await startsAndStops()).output().split('\n');
  expect(said.filter((line) => line.includes('retention'))).toHaveLength(1);
});

describe('A gateway', () => {
  it('is ready though it may not describe the namespace, and is not where it may read nothing', async () => {
    const gateway = await startGatewayProcess({ ...env, SIGNING_GATEWAY_KEYS: hashed('crm', 'key') });
    const readiness = async (...denied: readonly string[]) => {
      proxy.deny(denied);
      return (await fetch(`${gateway.url}/readyz`)).status;
    };
    expect(await readiness('DescribeNamespace')).toBe(200);
    expect(await readiness('DescribeNamespace', 'ListWorkflowExecutions')).toBe(503);
    gateway.kill('SIGTERM');
    await gateway.ended;
  });
});
