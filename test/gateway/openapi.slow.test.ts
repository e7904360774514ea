import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runCommand } from '../../scripts/processes/commands.js';
import { hashGatewayKey } from '../../scripts/processes/program.js';
import { findSchemathesis } from '../../scripts/tools/python.js';
import { generatePayloadKey } from '../support/encrypted-client.js';
import { type GatewayEnvironment, KEY, createGatewayEnvironment } from './gateway-environment.js';

const FUZZING_SECONDS = 240;
const CODEC_KEY = 'the-key-of-an-operator';

let environment: GatewayEnvironment;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signing-openapi-'));
  const payloadKeys = { SIGNING_PAYLOAD_KEYS: `k1:${generatePayloadKey()}` };
  environment = await createGatewayEnvironment({
    ...payloadKeys,
    SIGNING_CODEC_KEYS: hashGatewayKey('ops', CODEC_KEY),
    // A limit of starts would hide other responses.
    SIGNING_STARTS_PER_HOUR: '100000',
  });
  // Without documents every signing soon ends on its own.
  await environment.startWorker({ ...payloadKeys, SIGNING_DOCUMENT_ROOT: folder });
});
afterAll(async () => {
  await environment.close();
  await rm(folder, { recursive: true, force: true });
});

interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId?: string }>>>>;
  readonly components: { readonly schemas: object };
}

it('the description of the API is OpenAPI 3.1 and covers every route', async () => {
  const { text } = await environment.call('GET', '/openapi.json', { key: null });
  const description = JSON.parse(text) as OpenApi;
  const file = join(folder, 'openapi.json');
  await writeFile(file, text);
  const { python } = await findSchemathesis();
  const validator = ['-m', 'openapi_spec_validator', '--validation-errors', 'all', file];
  expect(await runCommand(python, validator)).toBe(`${file}: OK\n`);
  expect(description.openapi).toBe('3.1.0');
  const calls = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => `${method} ${path} ${operationId ?? ''}`),
  );
  expect(calls.sort()).toEqual([
    'get /healthz isAlive',
    'get /readyz isReady',
    'get /signings listSignings',
    'get /signings/{requestId} getSigning',
    'get /signings/{requestId}/events followSigning',
    'post /codec/decode decodePayloads',
    'post /codec/encode encodePayloads',
    'post /documents uploadDocument',
    'post /signings startSigning',
    'post /signings/{requestId}/cancel cancelSigning',
    'post /signings/{requestId}/check checkSigning',
    'post /signings/{requestId}/outcome recordOutcome',
    'post /signings/{requestId}/resolve resolveSigning',
  ]);
  expect(Object.keys(description.components.schemas).filter((name) => name.endsWith('Input'))).toEqual([]);
});

it(
  'a client generated from the description finds no response that contradicts it',
  async () => {
    const { python, program } = await findSchemathesis();
    const settings = resolve('test/gateway/schemathesis');
    // It writes to this folder only, which is removed.
    const script =
      'cd "$0" && exec "$1" -B "$2" --config-file "$3/schemathesis.toml" run "$4/openapi.json" ' +
      '--checks all --continue-on-failure --request-timeout 20 ' +
      '--max-examples 10 --seed 1 --no-color';
    const args = ['-c', script, folder, python, program, settings, environment.gateway.url];
    const env = { ...process.env, SCHEMATHESIS_HOOKS: join(settings, 'hooks.py'), KEY, READER: CODEC_KEY };
    const report = await runCommand('sh', args, { env, timeoutSeconds: FUZZING_SECONDS }).catch(
      (error: unknown) => error,
    );
    expect(report instanceof Error ? outputOf(report) : '').toBe('');
    expect(report).toMatch(/Tested: 13\n/);
    expect(environment.gateway.output()).not.toContain('"the gateway failed"');
    // Its key is valid for all routes.
    for (const done of [
      'POST /signings","caller":"gateway/crm","status":201',
      '"payloads decoded"',
      '"payloads encoded"',
    ])
      expect(environment.gateway.output()).toContain(done);
  },
  (FUZZING_SECONDS + 30) * 1000,
);

/** All findings, for debugging. */
function outputOf({ message, cause }: Error): string {
  const { stdout = '', stderr = '' } = (cause ?? {}) as { stdout?: string; stderr?: string };
  return `${message}\n${stdout}\n${stderr}`;
}
