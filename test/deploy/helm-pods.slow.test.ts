import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { parse } from 'yaml';
import { hashGatewayKey } from '../../scripts/processes/program.js';
import { VARIABLE_NAMES, readGatewayConfig, readWorkerConfig } from '../../src/shared/config/index.js';
import { generatePayloadKey } from '../support/encrypted-client.js';
import {
  type Container,
  type KubernetesObject,
  MINIMAL,
  type PodSpec,
  VALUES_FILES,
  findPods,
  getContainer,
  renderObjects,
} from './helm-chart.js';

/** What the Secrets would contain. */
const SECRETS: Readonly<Record<string, string>> = {
  FLEXPERTO_API_KEY: 'key',
  SIGNING_PAYLOAD_KEYS: `demo:${generatePayloadKey()}`,
  SIGNING_CALLBACK_SECRET: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
  SIGNING_GATEWAY_KEYS: hashGatewayKey('crm', 'key'),
  SIGNING_CODEC_KEYS: hashGatewayKey('auditor', 'another key'),
  TEMPORAL_API_KEY: 'key',
  HTTPS_PROXY: 'http://user:password@proxy.bank.example:3128',
  OTEL_EXPORTER_OTLP_HEADERS: 'authorization=token',
};

/** What Temporal's Worker Controller sets. */
const CONTROLLER = {
  TEMPORAL_ADDRESS: 'temporal:7233',
  TEMPORAL_NAMESPACE: 'default',
  TEMPORAL_DEPLOYMENT_NAME: 'bank/signing-worker',
  TEMPORAL_WORKER_BUILD_ID: '0.1.0-6bd4',
  TEMPORAL_API_KEY: 'key',
};

const composeFile = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
  readonly services: Readonly<Record<string, { readonly stop_grace_period?: string } | undefined>>;
};

function graceSecondsOfCompose(program: string): number {
  const [, count = '', unit] =
    /^(\d+)([ms])$/.exec(composeFile.services[program]?.stop_grace_period ?? '') ?? [];
  return Number(count) * (unit === 'm' ? 60 : 1);
}

const sdkFolder = 'node_modules/@temporalio/envconfig/lib';
const sdkCode = readdirSync(sdkFolder).map((file) => readFileSync(`${sdkFolder}/${file}`, 'utf8')).join('\n'); // prettier-ignore

function isKnown(name: string): boolean {
  if (name.startsWith('TEMPORAL_')) return sdkCode.includes(`'${name}'`) || sdkCode.includes(`"${name}"`);
  return (
    VARIABLE_NAMES.includes(name) ||
    /^(HTTPS?_PROXY|NO_PROXY|NODE_EXTRA_CA_CERTS|NODE_OPTIONS|OTEL_.*)$/.test(name)
  );
}

function toEnvironment(container: Container | undefined): Record<string, string | undefined> {
  const env = container?.env ?? [];
  return Object.fromEntries(
    env.map(({ name, value, valueFrom }) => [name, valueFrom ? SECRETS[name] : value]),
  );
}

const isSecret = (name: string): boolean => name in SECRETS;

describe.each(VALUES_FILES)('A pod of the chart with %s', (values) => {
  let objects: readonly KubernetesObject[];
  let pods: readonly PodSpec[];
  let containers: readonly Container[];
  beforeAll(async () => {
    objects = await renderObjects(values);
    pods = findPods(objects);
    containers = pods.map(getContainer);
    expect(containers.map(({ name }) => name)).toContain('worker');
  });

  it('has no right that it does not need', () => {
    for (const pod of pods) {
      expect(pod).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      });
      expect(getContainer(pod).securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
  });

  it('runs a program of the build', () => {
    for (const { name, command } of containers) {
      expect(command).toEqual(['node', `dist/src/${name}.js`]);
      expect(existsSync(command[1] ?? '')).toBe(true);
    }
  });

  it('gets a configuration that its program accepts, and no variable that it does not know', () => {
    for (const container of containers) {
      const env = toEnvironment(container);
      expect(Object.keys(env).filter((name) => !isKnown(name))).toEqual([]);
      if (container.name === 'worker') expect(readWorkerConfig(env).documentRoot).toBe('/documents');
      else expect(readGatewayConfig(env)).toMatchObject({ host: '0.0.0.0', port: 8080 });
    }
  });

  it('gets no variable from the Services of the namespace, which its program would refuse', () => {
    for (const { enableServiceLinks } of pods) expect(enableServiceLinks).toBe(false);
    const linked = { ...SECRETS, SIGNING_GATEWAY_PORT: 'tcp://10.0.0.1:80' };
    expect(() => readGatewayConfig(linked)).toThrow(/^SIGNING_GATEWAY_PORT is not a variable/);
  });

  it('sets each variable once, secrets by reference only, and those of another program never', () => {
    for (const { name: program, env } of containers) {
      const names = env.map(({ name }) => name);
      expect(names.filter((name, index) => names.indexOf(name) < index)).toEqual([]);
      expect(env.filter(({ name, valueFrom }) => isSecret(name) && valueFrom === undefined)).toEqual([]);
      expect(names.includes('FLEXPERTO_API_KEY')).toBe(program === 'worker');
      if (program === 'worker') expect(names).not.toContain('SIGNING_GATEWAY_KEYS');
      else expect(names).not.toContain('SIGNING_CALLBACK_SECRET');
    }
    expect(objects.map(({ kind }) => kind)).not.toContain('Secret');
  });

  it('is probed as docs/operations.md says, where its program listens', () => {
    for (const container of containers) {
      const { startupProbe, livenessProbe, readinessProbe, ports } = container;
      expect([startupProbe, livenessProbe, readinessProbe].map(({ httpGet }) => httpGet.path)).toEqual([
        '/healthz',
        '/healthz',
        '/readyz',
      ]);
      expect(startupProbe.periodSeconds * startupProbe.failureThreshold).toBe(60);
      const env = toEnvironment(container);
      const address = env[container.name === 'worker' ? 'SIGNING_HEALTH_ADDRESS' : 'SIGNING_GATEWAY_ADDRESS'];
      for (const { httpGet } of [startupProbe, livenessProbe, readinessProbe]) {
        const port = ports.find(({ name }) => name === httpGet.port)?.containerPort;
        expect(address).toBe(`0.0.0.0:${port ?? 0}`);
      }
    }
  });

  it('has at least the time to stop that docker-compose.yml gives', () => {
    for (const pod of pods) {
      const least = graceSecondsOfCompose(getContainer(pod).name);
      expect(least).toBeGreaterThan(0);
      expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(least);
    }
  });

  it('shares one claim of documents with the others, and only a gateway may write there', () => {
    const claims = pods.map(
      ({ volumes }) => volumes.find(({ name }) => name === 'documents')?.persistentVolumeClaim?.claimName,
    );
    expect(new Set(claims).size).toBe(1);
    const [claim = ''] = claims;
    const created = objects.filter(({ kind }) => kind === 'PersistentVolumeClaim');
    expect(created.map(({ metadata }) => metadata.name)).toEqual(/keda|next/.test(values) ? [] : [claim]);
    for (const { name, volumeMounts } of containers) {
      const mount = volumeMounts.find((volume) => volume.name === 'documents');
      expect(mount?.readOnly ?? false).toBe(name === 'worker');
    }
  });
});

describe('Worker versions of the chart', () => {
  const renderWorker = async (values: string, ...args: readonly string[]) => {
    const workers = findPods(await renderObjects(values, ...args)).map(getContainer);
    return toEnvironment(workers.find(({ name }) => name === 'worker'));
  };

  it('come from the value buildId, or there are none', async () => {
    const none = await renderWorker(MINIMAL);
    expect(readWorkerConfig(none).version).toBeUndefined();
    const some = await renderWorker(MINIMAL, '--set', 'worker.buildId=0.2.0');
    expect(readWorkerConfig(some).version).toEqual({ deploymentName: 'signing', buildId: '0.2.0' });
  });

  it('come from the Worker Controller, which sets nothing that the chart has set', async () => {
    const values = VALUES_FILES.find((file) => file.includes('controller')) ?? '';
    const env = await renderWorker(values);
    expect(Object.keys(env).filter((name) => name in CONTROLLER)).toEqual([]);
    expect(readWorkerConfig({ ...env, ...CONTROLLER }).version).toEqual({
      deploymentName: 'bank/signing-worker',
      buildId: '0.1.0-6bd4',
    });
  });
});
