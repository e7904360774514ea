import type { WorkerOptions } from '@temporalio/worker';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildPollTaskQueue } from '../domain/workflow-id.js';
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

/**
 * How much of the server's and the vendor's time the polls of waiting signings may take, so that a click does not wait for
 * them. Ten polls a second are enough for 18,000 signings with the default pauses.
 */
const POLL_LIMITS = { maxActivitiesPerSecond: 10, maxConcurrentActivityTaskExecutions: 20 } as const;

/** Longer than any JSON call may take, so that no initiate is cut off. A longer upload moves to another worker. */
const SHUTDOWN_GRACE_MS = 60_000;

/** What the configuration alone decides. @throws ConfigError if the workflow bundle is missing */
export function createWorkerOptions(config: WorkerConfig) {
  return {
    taskQueue: config.taskQueue,
    workflowBundle: { codePath: findWorkflowBundle(config) },
    ...WORKER_LIMITS,
    ...createSharedOptions(config),
  } satisfies WorkerOptions;
}

/** The same for the worker of the polls, which has no workflows. */
export function createPollWorkerOptions(config: WorkerConfig) {
  return {
    taskQueue: buildPollTaskQueue(config.taskQueue),
    ...POLL_LIMITS,
    ...createSharedOptions(config),
  } satisfies WorkerOptions;
}

function createSharedOptions(
  config: WorkerConfig,
): Pick<WorkerOptions, 'shutdownGraceTime' | 'shutdownForceTime' | 'workerDeploymentOptions'> {
  return {
    shutdownGraceTime: Math.max(SHUTDOWN_GRACE_MS, config.timeoutMs + 5_000),
    shutdownForceTime: Math.max(SHUTDOWN_GRACE_MS, config.timeoutMs) + 30_000,
    ...createVersioningOptions(config),
  };
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
