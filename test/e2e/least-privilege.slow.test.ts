import { NativeConnection } from '@temporalio/worker';
import { hashGatewayKey } from '../../scripts/processes/program.js';
import { type TemporalServer, startTemporalServer } from '../../scripts/processes/temporal-server.js';
import { ConfigError } from '../../src/shared/errors.js';
import { registerSearchAttributes } from '../../src/worker/search-attributes.js';
import { captureRejection } from '../support/async-helpers.js';
import { type DenyingProxy, GRPC_STATUS, startDenyingProxy } from '../support/denying-proxy.js';
import { type WorkerProcess, spawnWorker, startGatewayProcess } from '../support/program-process.js';
import { type RealEnvironment, createRealEnvironment } from '../support/real-environment.js';
import { createTemporalCommand } from '../support/temporal-command.js';

const LIST = 'ListSearchAttributes';
const ADD = 'AddSearchAttributes';
const CREATE_ALL =
  'temporal operator search-attribute create --namespace default --name SigningState --type Keyword ' +
  '--name SigningMethod --type Keyword --name EmployeeId --type Keyword --name CrmRecord --type Keyword ' +
  '--name FlexpertoSessionId --type Int --name SigningDeadline --type Datetime';

let server: TemporalServer;
let proxy: DenyingProxy;
let environment: RealEnvironment;
let connection: NativeConnection;
let env: Readonly<Record<string, string>>;
let temporal: Awaited<ReturnType<typeof createTemporalCommand>>;
beforeAll(async () => {
  server = await startTemporalServer();
  proxy = await startDenyingProxy(server.address);
  environment = await createRealEnvironment(server);
  connection = await NativeConnection.connect({ address: proxy.address });
  env = { ...environment.env, TEMPORAL_ADDRESS: proxy.address };
  temporal = await createTemporalCommand(environment);
});
afterAll(async () => {
  await connection.close();
  await environment.close();
  await proxy.close();
  await server.stop();
});

const register = (): Promise<string[]> => registerSearchAttributes(connection, 'default');

/** The message of a worker that cannot start because of its search attributes. */
async function registrationError(): Promise<string> {
  const error = await captureRejection(register());
  expect(error).toBeInstanceOf(ConfigError);
  return (error as Error).message;
}

async function startAndStopWorker(): Promise<WorkerProcess> {
  const worker = spawnWorker(env);
  await worker.waitFor('"worker ready"');
  worker.kill('SIGTERM');
  await worker.exited;
  return worker;
}

/** The order matters: the tests add search attributes to the namespace step by step. */
describe('A worker that may not manage search attributes', () => {
  it.each([
    [[ADD], GRPC_STATUS.permissionDenied],
    [[LIST, ADD], GRPC_STATUS.unimplemented],
  ])('ends with the call and the remedy where they are missing: %j, status %i', async (methods, status) => {
    proxy.deny(methods, status);
    expect(await registrationError()).toBe(
      `The search attributes could not be registered (AddSearchAttributes: Request unauthorized.); run as an administrator: ${CREATE_ALL}`,
    );
  });

  it('names only those that are missing, and the one of the wrong type, though it may not list them', async () => {
    await temporal('operator', 'search-attribute', 'create', '--name', 'SigningState', '--type', 'Keyword');
    proxy.deny([LIST, ADD]);
    expect(await registrationError()).toMatch(/ --namespace default --name SigningMethod --type Keyword /);
    await temporal('operator', 'search-attribute', 'create', '--name', 'SigningDeadline', '--type', 'Int');
    expect(await registrationError()).toBe(
      'The search attribute SigningDeadline of namespace default must have the type Datetime.',
    );
    await temporal('operator', 'search-attribute', 'remove', '--name', 'SigningDeadline', '--yes');
  });

  it('registers them if it may, although it may not list them', async () => {
    proxy.deny([LIST]);
    expect(await register()).toHaveLength(5);
  });

  it.each(Object.values(GRPC_STATUS))('starts if they exist: status %i', async (status) => {
    proxy.deny([LIST, ADD], status);
    expect((await startAndStopWorker()).output()).not.toContain('search attributes registered');
  });
});

describe('A worker that may not even read the namespace', () => {
  it('ends with one sentence that names the calls and the remedy', async () => {
    proxy.deny([LIST, 'ListWorkflowExecutions']);
    expect(await registrationError()).toBe(
      'The worker may call neither ListSearchAttributes nor ListWorkflowExecutions (Request unauthorized.); allow its identity to read the namespace default.',
    );
    proxy.deny(['DescribeNamespace']);
    const worker = spawnWorker(env);
    expect(await worker.exited).toEqual({ code: 1, signal: null });
    expect(worker.output()).toBe(
      'The worker may not call DescribeNamespace (Request unauthorized.), which the Temporal SDK needs; allow its identity to read the namespace default.\n',
    );
  });
});

it('A worker whose server does not offer DescribeNamespace says in one line that it does not know the retention', async () => {
  proxy.deny(['DescribeNamespace'], GRPC_STATUS.unimplemented);
  const said = (await startAndStopWorker()).output().split('\n');
  expect(said.filter((line) => line.includes('retention'))).toHaveLength(1);
});

describe('A gateway', () => {
  it('is ready although it may not describe the namespace, and is not ready if it may read nothing', async () => {
    const gateway = await startGatewayProcess({ ...env, SIGNING_GATEWAY_KEYS: hashGatewayKey('crm', 'key') });
    const readiness = async (...denied: readonly string[]) => {
      proxy.deny(denied);
      return (await fetch(`${gateway.url}/readyz`)).status;
    };
    expect(await readiness('DescribeNamespace')).toBe(200);
    expect(await readiness('DescribeNamespace', 'ListWorkflowExecutions')).toBe(503);
    gateway.kill('SIGTERM');
    await gateway.exited;
  });
});
