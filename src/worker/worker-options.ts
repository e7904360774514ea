import type { WorkerOptions } from '@temporalio/worker';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkerConfig } from '../shared/config/index.js';
import { ConfigError } from '../shared/errors.js';

const CONCURRENT_ACTIVITIES = 50;

/**
 * How much a worker does concurrently and keeps in memory. Signings in progress stay in the cache, waiting ones leave it.
 * They lose nothing: polls do not run in the workflow, and a change costs a replay of some fifty events.
 */
export const WORKER_LIMITS = {
  maxConcurrentActivityTaskExecutions: CONCURRENT_ACTIVITIES,
  maxCachedWorkflows: 2 * CONCURRENT_ACTIVITIES,
} as const;

/** Longer than any JSON call may take, so that no initiate is cut off. A longer upload moves to another worker. */
const SHUTDOWN_GRACE_MS = 60_000;

/** What the configuration alone decides. @throws ConfigError if the workflow bundle is missing */
export function createWorkerOptions(config: WorkerConfig) {
  return {
    taskQueue: config.taskQueue,
    workflowBundle: { codePath: findWorkflowBundle(config) },
    shutdownGraceTime: Math.max(SHUTDOWN_GRACE_MS, config.timeoutMs + 5_000),
    shutdownForceTime: Math.max(SHUTDOWN_GRACE_MS, config.timeoutMs) + 30_000,
    ...WORKER_LIMITS,
    ...createVersioningOptions(config),
  } satisfies WorkerOptions;
}

/**
 * Signings wait for weeks, so they move to the current build with their next workflow task. Pinned to the build of their
 * start, they would keep old workers in use for a month.
 */
function createVersioningOptions({ version }: WorkerConfig): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  if (version === undefined) return {};
  return {
    workerDeploymentOptions: {
      version,
      useWorkerVersioning: true,
      defaultVersioningBehavior: 'AUTO_UPGRADE',
    },
  };
}

/** With payload keys, the bundle that hides the messages of failures (shared/encryption/failure-converter.ts). */
function findWorkflowBundle({ payloadKeys }: WorkerConfig): string {
  const name = payloadKeys.length === 0 ? 'workflow-bundle.js' : 'workflow-bundle-encrypting.js';
  const path = join(__dirname, '../..', name);
  if (!existsSync(path)) throw new ConfigError('The workflow bundle is missing; run: npm run build');
  return path;
}
