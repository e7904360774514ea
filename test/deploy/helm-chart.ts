import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { findHelm } from '../../scripts/tools/kubernetes.js';

export const CHART = 'deploy/helm';
export const MINIMAL = `${CHART}/ci/minimal-values.yaml`;

/** Values files of the chart, which are also its examples. */
export const VALUES_FILES = readdirSync(`${CHART}/ci`).map((name) => `${CHART}/ci/${name}`);

export interface EnvironmentVariable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly env: readonly EnvironmentVariable[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly startupProbe: Probe;
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
  readonly securityContext: object;
  readonly volumeMounts: readonly { readonly name: string; readonly readOnly?: boolean }[];
}

export interface PodSpec {
  readonly automountServiceAccountToken: boolean;
  readonly enableServiceLinks: boolean;
  readonly securityContext: object;
  readonly terminationGracePeriodSeconds: number;
  readonly containers: readonly Container[];
  readonly volumes: readonly {
    readonly name: string;
    readonly persistentVolumeClaim?: { readonly claimName: string };
  }[];
}

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: Readonly<Record<string, unknown>> & {
    readonly template?: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: PodSpec;
    };
  };
}

/** Runs Helm. @throws an error with `stderr` */
export async function runHelm(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(await findHelm(), args, { maxBuffer: 16 * 1024 * 1024 });
  return stdout;
}

/** The chart with a values file, as Helm would send it to Kubernetes. */
export function renderChart(values: string, ...args: readonly string[]): Promise<string> {
  return runHelm('template', 'signing', CHART, '--namespace', 'bank', '--values', values, ...args);
}

export function parseObjects(rendered: string): readonly KubernetesObject[] {
  return parseAllDocuments(rendered)
    .map((document) => document.toJS() as KubernetesObject | null)
    .filter((object) => object !== null);
}

export async function renderObjects(
  values: string,
  ...args: readonly string[]
): Promise<readonly KubernetesObject[]> {
  return parseObjects(await renderChart(values, ...args));
}

/** The pods of a rendered chart, also those that the Worker Controller starts. */
export function findPods(objects: readonly KubernetesObject[]): readonly PodSpec[] {
  return objects.flatMap(({ spec }) => spec.template?.spec ?? []);
}

/** The only container of a pod. */
export function getContainer({ containers }: Pick<PodSpec, 'containers'>): Container {
  const [container] = containers;
  if (container === undefined || containers.length > 1) throw new Error('The pod has not one container.');
  return container;
}
