import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv, promisify } from 'node:util';
import { parse } from 'yaml';
import { TEMPORAL_SERVER_VERSION } from '../../scripts/cluster/temporal-on-postgres.js';
import { TEMPORAL_UI_VERSION } from '../../scripts/cluster/temporal-ui.js';
import { findOnPath } from '../../scripts/processes/commands.js';
import { IMAGE_VARIABLES, hashGatewayKey } from '../../scripts/processes/program.js';
import { VARIABLE_NAMES, readGatewayConfig, readWorkerConfig } from '../../src/shared/config/index.js';
import { generatePayloadKey } from '../support/encrypted-client.js';

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly profiles?: readonly string[];
  readonly command?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly stop_grace_period?: string;
  readonly ports?: readonly string[];
  readonly healthcheck?: object;
  readonly restart: string;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

const readText = (file: string): string => readFileSync(resolve(file), 'utf8');
const compose = parse(readText('docker-compose.yml'), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
};
const services = Object.entries(compose.services);
const isProgramVariable = (name: string): boolean => /^(FLEXPERTO|SIGNING)_/.test(name);

/** Substitutes as docker-compose does: by the value in .env, else by the default behind the name. */
const interpolate = (value: string, env: Readonly<Record<string, string>>): string =>
  value.replace(
    /\$\{([A-Z_]+):[-?]([^}]*)\}/g,
    (_, name: string, otherwise: string) => env[name] ?? otherwise,
  );

/** The environment of a service with this .env. */
const readEnvironment = (service: string, env: Readonly<Record<string, string>>): Record<string, string> => {
  const given = Object.entries(compose.services[service]?.environment ?? {});
  return Object.fromEntries(given.map(([name, value]) => [name, interpolate(value, env)]));
};

describe('What is delivered beside the code', () => {
  it('.env.example names every variable of the programs, and no other', () => {
    const named = [...readText('.env.example').matchAll(/^([A-Z_]+)=/gm)].map(([, name = '']) => name);
    expect(named.filter(isProgramVariable).sort()).toEqual([...VARIABLE_NAMES].sort());
  });

  it('.env.example is a valid configuration once address and key are filled in', () => {
    const filledIn = { FLEXPERTO_BASE_URL: 'https://tenant.test.flexperto.com', FLEXPERTO_API_KEY: 'key' };
    expect(readWorkerConfig({ ...parseEnv(readText('.env.example')), ...filledIn })).toMatchObject({
      taskQueue: 'signing',
      apiKey: 'key',
    });
  });

  it('.env can serve docker-compose.yml and the programs', () => {
    const asked = [...readText('docker-compose.yml').matchAll(/\$\{([A-Z_]+)/g)].map(([, name = '']) => name);
    expect(asked.filter((name) => isProgramVariable(name) && !VARIABLE_NAMES.includes(name))).toEqual([]);
  });

  it('docs/configuration.md explains every variable of the programs', () => {
    const page = readText('docs/configuration.md');
    expect(VARIABLE_NAMES.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it('docker-compose.yml sets only variables that the programs read', () => {
    const given = services.flatMap(([, { environment }]) => Object.keys(environment));
    expect(given.filter((name) => isProgramVariable(name) && !VARIABLE_NAMES.includes(name))).toEqual([]);
  });

  it('docker-compose.yml starts a tenant’s worker with its address and key, and refuses to without', () => {
    const payloadKeys = { SIGNING_PAYLOAD_KEYS: `demo:${generatePayloadKey()}` };
    const key = { ...payloadKeys, FLEXPERTO_API_KEY: 'key' };
    const both = { ...key, FLEXPERTO_BASE_URL: 'https://tenant.test.flexperto.com' };
    expect(readWorkerConfig(readEnvironment('worker', both))).toMatchObject({
      apiKey: 'key',
      documentRoot: '/documents',
    });
    expect(() => readWorkerConfig(readEnvironment('worker', key))).toThrow(/^FLEXPERTO_BASE_URL is missing/);
    const address = { ...both, FLEXPERTO_API_KEY: '' };
    expect(() => readWorkerConfig(readEnvironment('worker', address))).toThrow(
      /^FLEXPERTO_API_KEY is missing/,
    );
  });

  it('docker-compose.yml has the fake vendor in the trial profile alone, without a tenant’s key', () => {
    const namesIt = services.filter(([name, service]) =>
      `${name} ${JSON.stringify(service.environment)}`.includes('fake-flexperto'),
    );
    expect(namesIt.map(([name, { profiles }]) => [name, profiles])).toEqual([
      ['worker-trial', ['trial']],
      ['fake-flexperto', ['trial']],
    ]);
    const tenants = { FLEXPERTO_BASE_URL: 'https://tenant.test.flexperto.com', FLEXPERTO_API_KEY: 'secret' };
    const own = { ...tenants, SIGNING_PAYLOAD_KEYS: `demo:${generatePayloadKey()}` };
    expect(readWorkerConfig(readEnvironment('worker-trial', own))).toMatchObject({
      baseUrl: readEnvironment('fake-flexperto', own)['FAKE_FLEXPERTO_PUBLIC_UPLOAD_URL']?.replace(
        '4011',
        '4010',
      ),
      apiKey: readEnvironment('fake-flexperto', own)['FAKE_FLEXPERTO_API_KEY'],
    });
    expect(compose.services['worker']?.profiles).toEqual(['tenant']);
  });

  it('docker-compose.yml stops a worker only after its calls have ended, whatever their time limit', () => {
    const env = { FLEXPERTO_BASE_URL: 'https://tenant.example.invalid', FLEXPERTO_API_KEY: 'key' };
    const longest = readWorkerConfig({ ...env, FLEXPERTO_TIMEOUT_SECONDS: '240' }).timeoutMs + 30_000;
    const minutes = /^(\d+)m$/.exec(compose.services['worker']?.stop_grace_period ?? '')?.[1];
    expect(Number(minutes) * 60_000).toBeGreaterThan(longest);
  });

  it('docker-compose.yml gives the gateway a configuration that it accepts', () => {
    const own = {
      SIGNING_GATEWAY_KEYS: hashGatewayKey('crm', 'key'),
      SIGNING_PAYLOAD_KEYS: `demo:${generatePayloadKey()}`,
    };
    expect(readGatewayConfig(readEnvironment('gateway', own))).toMatchObject({
      host: '0.0.0.0',
      port: 8080,
      keys: [{ name: 'crm' }],
    });
  });

  it('docker-compose.yml starts only programs that the build creates', () => {
    const own = services.filter(([, { build }]) => build !== undefined);
    const programs = own.flatMap(([, { command }]) => command?.slice(1) ?? []);
    const [inImage = ''] = /(?<=^CMD \["node", ")[^"]+/m.exec(readText('Dockerfile')) ?? [];
    expect([inImage, ...programs].filter((program) => !existsSync(resolve(program)))).toEqual([]);
  });

  it('the image sets the variables of IMAGE_VARIABLES', () => {
    const [, given = ''] = /^ENV (NODE_ENV=.*)$/m.exec(readText('Dockerfile')) ?? [];
    const { NODE_ENV, MALLOC_ARENA_MAX, NODE_OPTIONS } = IMAGE_VARIABLES;
    expect(given).toBe(
      `NODE_ENV=${NODE_ENV} MALLOC_ARENA_MAX=${MALLOC_ARENA_MAX} NODE_OPTIONS="${NODE_OPTIONS}"`,
    );
  });

  it('docker-compose.yml pins every image to one version, and runs the versions of the cluster', () => {
    const images = services.flatMap(([, { image }]) => image ?? []);
    expect(images.filter((image) => !/:\d+\.\d+/.test(image))).toEqual([]);
    expect(new Set(images.filter((image) => image.startsWith('temporalio/')))).toEqual(
      new Set([
        `temporalio/server:${TEMPORAL_SERVER_VERSION}`,
        `temporalio/admin-tools:${TEMPORAL_SERVER_VERSION}`,
        `temporalio/ui:${TEMPORAL_UI_VERSION}`,
      ]),
    );
  });

  it('docker-compose.yml publishes ports on loopback alone', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    expect(ports.length).toBeGreaterThan(0);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('docker-compose.yml confines every container of this image', () => {
    const built = services.filter(([, { build }]) => build !== undefined);
    expect(built.map(([name]) => name)).toEqual(['worker', 'worker-trial', 'gateway', 'fake-flexperto']);
    for (const [, service] of built)
      expect(service).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
  });

  it('docker-compose.yml takes the password of Postgres from a file alone', () => {
    const names = services.flatMap(([, { environment }]) => Object.keys(environment));
    expect(names.filter((name) => /PASSWORD|PWD/.test(name))).toEqual(['POSTGRES_PASSWORD_FILE']);
    expect(compose.secrets).toEqual({
      'postgres-password': { file: '${POSTGRES_PASSWORD_FILE:-./secrets/postgres-password}' },
    });
    expect(readText('.gitignore')).toMatch(/^\/secrets\/$/m);
  });

  it('docker-compose.yml starts a service only after those that it needs are healthy or have ended', () => {
    const jobs = services.filter(([, { restart }]) => restart !== 'unless-stopped').map(([name]) => name);
    expect(jobs).toEqual(['temporal-schema', 'temporal-namespace']);
    for (const [, { depends_on: needs = {} }] of services)
      for (const [name, { condition }] of Object.entries(needs))
        expect(condition).toBe(jobs.includes(name) ? 'service_completed_successfully' : 'service_healthy');
    // The image has the worker's health check.
    const unchecked = services.filter(([, { healthcheck }]) => healthcheck === undefined);
    expect(unchecked.map(([name]) => name)).toEqual([...jobs, 'worker', 'worker-trial']);
  });

  it('docker-compose.yml requires the keys, and is valid if docker-compose is installed', async () => {
    const program = findOnPath('docker-compose');
    const keys = /\$\{(SIGNING_PAYLOAD_KEYS|SIGNING_GATEWAY_KEYS):\?/g;
    expect(new Set([...readText('docker-compose.yml').matchAll(keys)].map(([, name]) => name)).size).toBe(2);
    if (program === undefined) return;
    const own = { SIGNING_PAYLOAD_KEYS: 'demo:key', SIGNING_GATEWAY_KEYS: 'crm:hash' };
    const env = { ...process.env, ...own };
    const profiles = ['--profile', 'trial', '--profile', 'tenant'];
    const args = ['-f', resolve('docker-compose.yml'), ...profiles, 'config'];
    const { stdout } = await promisify(execFile)(program, args, { env });
    const accepted = parse(stdout) as typeof compose;
    expect(Object.keys(accepted.services).sort()).toEqual(services.map(([name]) => name).sort());
  });
});
