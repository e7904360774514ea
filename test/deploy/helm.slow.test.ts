import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseDocument } from 'yaml';
import { runCommand } from '../../scripts/processes/commands.js';
import { findHelm, findKubeScore, findKubernetesValidate } from '../../scripts/tools/kubernetes.js';
import {
  CHART,
  type KubernetesObject,
  MINIMAL,
  VALUES_FILES,
  renderChart,
  renderObjects,
  runHelm,
} from './helm-chart.js';

/** What kube-score would have otherwise, and why the chart has it as it is. */
const KUBE_SCORE_EXCEPTIONS = [
  // A tag or digest names one image, so a start needs no registry.
  ...['--ignore-test', 'container-image-pull-policy'],
  // The image's user is 1000, which owns the documents.
  ...['--ignore-test', 'container-security-context-user-group-id'],
  // The spread constraints do it.
  ...['--ignore-test', 'deployment-has-host-podantiaffinity'],
  // A limit would slow an inspection down on an idle node.
  '--ignore-container-cpu-limit',
];

/** Kinds of operators have no schema in Kubernetes. */
const OPERATOR_GROUPS = ['monitoring.coreos.com', 'keda.sh', 'temporal.io'];
const groupOf = ({ apiVersion }: KubernetesObject): string => apiVersion.split('/')[0] ?? '';

/** The Deployment that Temporal's Worker Controller makes of a WorkerDeployment. */
function toDeployment({ metadata, spec }: KubernetesObject): KubernetesObject {
  const { replicas, template } = spec;
  const selector = { matchLabels: template?.metadata.labels };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: { replicas, selector, template } as KubernetesObject['spec'],
  };
}

function toNativeObjects(objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
  return objects.flatMap((object) => {
    if (object.kind === 'WorkerDeployment') return toDeployment(object);
    return OPERATOR_GROUPS.includes(groupOf(object)) ? [] : object;
  });
}

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'chart-'));
  await Promise.all([findHelm(), findKubeScore()]);
}, 900_000);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function writeNativeObjects(values: string): Promise<string> {
  const objects = toNativeObjects(await renderObjects(values));
  const file = path.join(folder, path.basename(values));
  writeFileSync(file, objects.map((object) => `---\n${JSON.stringify(object)}\n`).join(''));
  return file;
}

/** The minimal values without one of them, as a file. */
function removeValue(name: string): string {
  const values = parseDocument(readFileSync(MINIMAL, 'utf8'));
  if (!values.deleteIn(name.split('.'))) throw new Error(`The minimal values lack ${name}.`);
  const file = path.join(folder, `without-${name}.yaml`);
  writeFileSync(file, values.toString());
  return file;
}

/** What Helm says about values that it refuses, without its own framing. */
async function refusalOf(values: string, ...sets: readonly string[]): Promise<string> {
  const args = sets.flatMap((set) => ['--set', set]);
  try {
    await renderChart(values, ...args);
  } catch (error) {
    const { stderr } = error as { readonly stderr: string };
    return stderr.replace(/^Error: execution error at \([^)]*\): /, '').split('\n\nUse --debug')[0] ?? '';
  }
  return '';
}

describe.each(VALUES_FILES)('The chart with %s', (values) => {
  it('passes helm lint --strict', async () => {
    expect(await runHelm('lint', '--strict', CHART, '--values', values)).toContain('0 chart(s) failed');
  });

  it('is rendered the same each time', async () => {
    expect(await renderChart(values)).toBe(await renderChart(values));
  });

  it('consists of objects that Kubernetes knows, without an unknown field', async () => {
    const { python, program } = await findKubernetesValidate();
    const file = await writeNativeObjects(values);
    expect(await runCommand(python, [program, '--strict', file])).not.toContain('ERROR');
  });

  it('satisfies kube-score', async () => {
    const file = await writeNativeObjects(values);
    const score = ['score', '--exit-one-on-warning', '--output-format', 'ci', ...KUBE_SCORE_EXCEPTIONS];
    expect(await runCommand(await findKubeScore(), [...score, file])).toContain('[OK]');
  });

  it('tells after the installation what to do next', async () => {
    const args = ['--dry-run=client', '--namespace', 'bank', '--values', values];
    const notes = (await runHelm('install', 'signing', CHART, ...args)).split('\nNOTES:\n')[1] ?? '';
    expect(notes).toMatch(/^signing serves the task queue \w+ of [\w.-]+:7233\.$/m);
    expect(notes.includes('set-current-version')).toBe(/full|next-build/.test(values));
  });
});

describe('The chart refuses in one sentence', () => {
  it.each([
    'image.repository',
    'temporal.address',
    'settings.FLEXPERTO_BASE_URL',
    'secrets.FLEXPERTO_API_KEY',
    'secrets.SIGNING_PAYLOAD_KEYS',
    'secrets.SIGNING_GATEWAY_KEYS',
  ])('values without %s', async (name) => {
    expect(await refusalOf(removeValue(name))).toMatch(
      new RegExp(`^[^\\n]*${name.replaceAll('.', '\\.')}[^\\n]*\\.$`),
    );
  });

  it.each([
    ['Nothing would run: ', ['worker.enabled=false', 'gateway.enabled=false']],
    ['worker.buildId must be empty ', ['worker.controller.enabled=true', 'worker.buildId=0.2.0']],
    ['worker.keda and worker.controller ', ['worker.controller.enabled=true', 'worker.keda.enabled=true']],
    ['worker.keda.minReplicas must not ', ['worker.keda.enabled=true', 'worker.keda.minReplicas=11']],
    ['gateway.ingress.host is missing: ', ['gateway.ingress.enabled=true']],
    ['KEDA uses TLS only with ', ['worker.keda.enabled=true', 'temporal.tls.enabled=true']],
    [
      'gateway.autoscaling.minReplicas must not ',
      ['gateway.autoscaling.enabled=true', 'gateway.autoscaling.minReplicas=9'],
    ],
    [
      'The Worker Controller takes an API key or a client certificate: ',
      [
        'worker.controller.enabled=true',
        'temporal.tls.clientCertificateSecret=client',
        'secrets.TEMPORAL_API_KEY.name=temporal',
        'secrets.TEMPORAL_API_KEY.key=key',
      ],
    ],
    [
      'HTTPS_PROXY is in settings and in secrets: ',
      [
        'settings.HTTPS_PROXY=http://proxy:3128',
        'secrets.HTTPS_PROXY.name=proxy',
        'secrets.HTTPS_PROXY.key=url',
      ],
    ],
  ])('values that contradict each other: %s', async (start, sets) => {
    const refusal = await refusalOf(MINIMAL, ...sets);
    expect([refusal.startsWith(start), /^[^\n]+\.$/.test(refusal)]).toEqual([true, true]);
  });

  it('nothing that is plain text on purpose, tokens instead of keys, or a gateway without a tenant’s key', async () => {
    const plain = 'settings.SIGNING_ALLOW_PLAINTEXT=true';
    expect(await refusalOf(removeValue('secrets.SIGNING_PAYLOAD_KEYS'), plain)).toBe('');
    const tokens = 'settings.SIGNING_GATEWAY_JWKS_URL=https://id.bank.example/keys';
    expect(await refusalOf(removeValue('secrets.SIGNING_GATEWAY_KEYS'), tokens)).toBe('');
    expect(await refusalOf(removeValue('secrets.FLEXPERTO_API_KEY'), 'worker.enabled=false')).toBe('');
  });
});

describe('The schema names the value that is wrong', () => {
  it.each([
    ["at '/worker/replicas': got string, want integer", 'worker.replicas=many'],
    ["at '/worker': additional properties 'replica' not allowed", 'worker.replica=3'],
    ["at '/settings': additional properties 'SIGNING_POLL_SECOND' not allowed", 'settings.SIGNING_POLL_SECOND=3'],
    ["at '/settings': additional properties 'SIGNING_PAYLOAD_KEYS' not allowed", 'settings.SIGNING_PAYLOAD_KEYS=a'],
    ["at '/secrets/SIGNING_PAYLOAD_KEYS': got string, want object", 'secrets.SIGNING_PAYLOAD_KEYS=a'],
    ["at '/settings/HTTPS_PROXY'", 'settings.HTTPS_PROXY=http://user:password@proxy:3128'],
    ["at '/worker': missing property 'keda'", 'worker.keda=null'],
    ["at '/worker/controller/rollout': missing property 'steps'", 'worker.controller.rollout.strategy=Progressive'],
  ])('%s', async (problem, set) => {
    expect(await refusalOf(MINIMAL, set)).toContain(`- ${problem}`);
  }); // prettier-ignore
});
