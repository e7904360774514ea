import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import {
  CHART,
  type KubernetesObject,
  MINIMAL,
  findPods,
  getContainer,
  renderObjects,
} from './helm-chart.js';

const FULL = `${CHART}/ci/full-values.yaml`;
const KEDA = `${CHART}/ci/keda-values.yaml`;
const CONTROLLER = `${CHART}/ci/worker-controller-values.yaml`;

function find(objects: readonly KubernetesObject[], kind: string, name: string): KubernetesObject {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`The chart has no ${kind} ${name}.`);
  return found;
}

describe('For the Prometheus operator, the chart', () => {
  it('has the alerts of ops/alerts.yml, unchanged', async () => {
    const rule = find(await renderObjects(FULL), 'PrometheusRule', 'signing-alerts');
    expect(rule.spec).toEqual(parse(readFileSync('ops/alerts.yml', 'utf8')));
    expect(rule.metadata).toMatchObject({ labels: { release: 'prometheus' } });
  });

  it.each(['worker', 'gateway'])('scrapes the metrics port of each %s, and keeps its labels', async (program) => {
    const objects = await renderObjects(FULL);
    const { spec, metadata } = find(objects, 'PodMonitor', `signing-${program}`);
    expect(metadata).toMatchObject({ labels: { release: 'prometheus' } });
    expect(spec['podMetricsEndpoints']).toEqual([{ port: 'metrics', path: '/metrics', honorLabels: true }]);
    const pod = find(objects, 'Deployment', `signing-${program}`).spec.template;
    expect(pod?.metadata.labels).toMatchObject((spec['selector'] as { matchLabels: object }).matchLabels);
    const { ports, env } = getContainer(pod?.spec ?? { containers: [] });
    expect(ports).toContainEqual({ name: 'metrics', containerPort: 9464 });
    expect(env).toContainEqual({ name: 'SIGNING_METRICS_ADDRESS', value: '0.0.0.0:9464' });
  }); // prettier-ignore

  it('creates nothing unless that is asked for', async () => {
    const groups = (await renderObjects(MINIMAL)).map(({ apiVersion }) => apiVersion);
    expect(groups.filter((group) => group.startsWith('monitoring'))).toEqual([]);
  });
});

describe('For KEDA, the chart', () => {
  it('scales the workers on the backlog of their task queue, with their access to Temporal', async () => {
    const objects = await renderObjects(KEDA);
    const { spec } = find(objects, 'ScaledObject', 'signing-worker');
    expect(spec).toMatchObject({ scaleTargetRef: { name: 'signing-worker' }, minReplicaCount: 2 });
    const metadata = { endpoint: 'eu-central-1.aws.api.temporal.io:7233', namespace: 'signing.a2dd6', taskQueue: 'signing', queueTypes: 'workflow,activity', targetQueueSize: '20' }; // prettier-ignore
    expect(spec['triggers']).toEqual([
      { type: 'temporal', metadata, authenticationRef: { name: 'signing-worker' } },
    ]);
    expect(find(objects, 'TriggerAuthentication', 'signing-worker').spec['secretTargetRef']).toEqual([
      { parameter: 'apiKey', name: 'temporal-cloud', key: 'api-key' },
    ]);
    expect(find(objects, 'Deployment', 'signing-worker').spec).not.toHaveProperty('replicas');
  });

  it('scales the workers of one build on the backlog of that build, with the client certificate', async () => {
    const objects = await renderObjects(FULL, '--set', 'worker.keda.enabled=true');
    const build = { workerDeploymentName: 'bank', workerDeploymentBuildId: '0.1.0' };
    expect(find(objects, 'ScaledObject', 'signing-worker').spec['triggers']).toMatchObject([
      { metadata: { ...build, tlsServerName: 'frontend.temporal.bank.example' } },
    ]);
    expect(find(objects, 'TriggerAuthentication', 'signing-worker').spec['secretTargetRef']).toEqual([
      { parameter: 'cert', name: 'temporal-client', key: 'tls.crt' },
      { parameter: 'key', name: 'temporal-client', key: 'tls.key' },
      { parameter: 'ca', name: 'bank-authority', key: 'ca.crt' },
    ]);
  });
});

describe('For the Worker Controller, the chart', () => {
  it('has a WorkerDeployment with its connection instead of the worker’s Deployment', async () => {
    const objects = await renderObjects(CONTROLLER);
    expect(find(objects, 'Connection', 'signing-worker').spec).toEqual({
      hostPort: 'eu-central-1.aws.api.temporal.io:7233',
      apiKeySecretRef: { name: 'temporal-cloud', key: 'api-key' },
    });
    expect(find(objects, 'WorkerDeployment', 'signing-worker').spec).toMatchObject({
      replicas: 2,
      workerOptions: { connectionRef: { name: 'signing-worker' }, temporalNamespace: 'signing.a2dd6' },
      rollout: { strategy: 'Progressive' },
      sunset: { scaledownDelay: '1h', deleteDelay: '24h' },
    });
    const deployments = objects.filter(({ kind }) => kind === 'Deployment');
    expect(deployments.map(({ metadata }) => metadata.name)).toEqual(['signing-gateway']);
  });

  it('leaves the client certificate to the controller, which mounts it itself', async () => {
    const sets = ['--set', 'worker.controller.enabled=true', '--set', 'worker.buildId='];
    const objects = await renderObjects(FULL, ...sets);
    expect(find(objects, 'Connection', 'signing-worker').spec).toEqual({
      hostPort: 'temporal.bank.example:7233',
      tls: { serverName: 'frontend.temporal.bank.example' },
      mutualTLSSecretRef: { name: 'temporal-client' },
    });
    const [worker] = findPods([find(objects, 'WorkerDeployment', 'signing-worker')]);
    expect(worker?.volumes.map(({ name }) => name)).toEqual(['documents', 'tmp', 'temporal-authority', 'certificates']); // prettier-ignore
    const names = getContainer(worker ?? { containers: [] }).env.map(({ name }) => name);
    expect(names.filter((name) => name.startsWith('TEMPORAL_'))).toEqual([
      'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
    ]);
  });
});

describe('The network policies of the chart', () => {
  it('let a program reach DNS, Temporal and https: addresses, and what the values add', async () => {
    for (const program of ['worker', 'gateway']) {
      const { spec } = find(await renderObjects(FULL), 'NetworkPolicy', `signing-${program}`);
      const rules = spec['egress'] as readonly { readonly ports: readonly { readonly port: number }[] }[];
      expect(rules.map(({ ports }) => ports.map(({ port }) => port))).toEqual([
        [53, 53],
        [7233],
        [443],
        [3128],
        [4318],
      ]);
      expect(spec['policyTypes']).toEqual(['Ingress', 'Egress']);
    }
  });

  it('let only the listed peers call the gateway and read metrics', async () => {
    const objects = await renderObjects(FULL);
    const from = (name: string) => [
      { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } },
    ];
    const metrics = { ports: [{ protocol: 'TCP', port: 'metrics' }], from: from('monitoring') };
    const calls = { ports: [{ protocol: 'TCP', port: 'http' }], from: from('ingress-nginx') };
    expect(find(objects, 'NetworkPolicy', 'signing-worker').spec['ingress']).toEqual([metrics]);
    expect(find(objects, 'NetworkPolicy', 'signing-gateway').spec['ingress']).toEqual([calls, metrics]);
  });
});
