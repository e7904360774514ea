#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Runtime, Worker, type Logger, type WorkerOptions } from '@temporalio/worker';
import { createActivities, createSeal, type ActivityDependencies } from './activities/index.js';
import { createCallbackSender } from './callbacks/index.js';
import {
  ConfigError,
  loadDotEnv,
  readWorkerConfig,
  requireDocumentRoot,
  type WorkerConfig,
} from './config.js';
import { createRequestChecker } from './documents/check-request.js';
import { createPdfInspector } from './documents/pdf-inspection.js';
import { createSources } from './documents/sources.js';
import { createFlexpertoClient, observeBoth, type CallObserver } from './flexperto/index.js';
import { serveHealth, whyWorkerIsNotReady } from './health.js';
import { createCallMetrics, showSessions, telemetryOptions } from './metrics/index.js';
import { checkRetention } from './namespace.js';
import { parseHosts } from './network/hosts.js';
import { registerSearchAttributes } from './search-attributes.js';
import { NoAccessError, NoServerError } from './starter/index.js';
import { connectWorker, temporalTarget } from './temporal.js';
import { startTracing } from './tracing/index.js';
import { createVisibility, type Visibility } from './visibility.js';
import { WORKER_LIMITS } from './worker-limits.js';
import { createLogger } from './worker-log.js';

/** Longer than any JSON call may take, so that no initiate is cut off; an upload that lasts longer is handed over. */
const SHUTDOWN_GRACE_MS = 60_000;
const HEALTH_EVERY_MS = 60_000;

/** Errors whose message says all that is to be said. */
const CLEAR = [ConfigError, NoServerError, NoAccessError];

async function main(): Promise<void> {
  const leaving = leaveOnSignal();
  loadDotEnv();
  const config = readWorkerConfig(process.env);
  const target = temporalTarget(config);
  const { taskQueue } = config;
  const { namespace } = target;
  requireDocumentRoot(config);
  const logger = createLogger(config.logLevel);
  installRuntime(logger, config);
  const health = await serveHealth(config.healthAddress);

  const connection = await connectWorker(target);
  const registered = await registerSearchAttributes(connection, namespace);
  if (registered.length > 0) logger.info('search attributes registered', { registered });
  await checkRetention(connection, namespace, logger);

  const meter = Runtime.instance().metricMeter.withTags({ namespace, task_queue: taskQueue });
  const visibility = createVisibility(connection, { namespace, taskQueue });
  const tracing = await startTracing('flexperto-signing-worker', config.proxies);
  const observe = observeBoth(createCallMetrics(meter), tracing.observe);
  const { dependencies, close } = createDependencies(config, visibility, observe);
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowBundle: { codePath: workflowBundle(config) },
    dataConverter: target.dataConverter,
    activities: createActivities(dependencies),
    interceptors: { activity: tracing.activityInterceptors },
    sinks: tracing.sinks,
    shutdownGraceTime: Math.max(SHUTDOWN_GRACE_MS, config.timeoutMs + 5_000),
    shutdownForceTime: Math.max(SHUTDOWN_GRACE_MS, config.timeoutMs) + 30_000,
    ...WORKER_LIMITS,
    ...versioning(config),
  });
  const reports = reportHealth(worker, logger);
  const shown =
    config.metricsAddress === undefined ? undefined : showSessions(meter, visibility.census, logger);
  health.readyUnless(() => whyWorkerIsNotReady(worker, connection, namespace));
  leaving.end();
  logger.info('worker ready', {
    taskQueue,
    namespace,
    temporal: target.address,
    flexperto: config.baseUrl,
  });
  try {
    await worker.run();
  } finally {
    clearInterval(reports);
    shown?.stop();
    await close();
    await health.close();
    await connection.close();
    await tracing.close();
    logger.info('worker stopped');
  }
}

function createDependencies(config: WorkerConfig, visibility: Visibility, observe: CallObserver) {
  const flexperto = createFlexpertoClient({ ...config, observe });
  const { proxies } = config;
  const sources = createSources({
    root: resolve(config.documentRoot),
    hosts: config.documentHosts,
    proxies,
  });
  const callbacks = createCallbackSender({
    secrets: config.callbackSecrets,
    hosts: parseHosts(config.callbackHosts),
    proxies,
  });
  const dependencies: ActivityDependencies = {
    flexperto,
    sources,
    checker: createRequestChecker(sources, createPdfInspector()),
    seal: createSeal(config.apiKey),
    handsOver: config.handover !== undefined,
    firstPollMs: config.firstPollMs,
    secrets: [config.apiKey],
    callbacks,
    reminderMs: config.reminderMs,
    hasEarlierRun: visibility.hasEarlierRun,
    isSessionTaken: visibility.isSessionTaken,
    isSessionOpen: visibility.isSessionOpen,
  };
  const close = async (): Promise<void> => {
    await flexperto.close();
    await sources.close();
    await callbacks.close();
  };
  return { dependencies, close };
}

function reportHealth(worker: Worker, logger: Logger): NodeJS.Timeout {
  const report = (): void => {
    const { runState, numInFlightActivities, numCachedWorkflows } = worker.getStatus();
    const megabytes = Math.round(process.memoryUsage.rss() / 1024 / 1024);
    logger.info('worker health', { runState, numInFlightActivities, numCachedWorkflows, megabytes });
  };
  return setInterval(report, HEALTH_EVERY_MS).unref();
}

/** A worker that is still looking for its server has nothing to bring to an end; later it is the SDK that heeds a signal. */
function leaveOnSignal(): { end: () => void } {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const leave = (): void => process.exit(0);
  for (const signal of signals) process.on(signal, leave);
  return {
    end: () => {
      for (const signal of signals) process.off(signal, leave);
    },
  };
}

function installRuntime(logger: Logger, config: WorkerConfig): void {
  try {
    Runtime.install({ logger, telemetryOptions: telemetryOptions(config) });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`SIGNING_METRICS_ADDRESS cannot be listened on: ${why}`);
  }
}

/**
 * Sessions wait for weeks, so they move to the current build as soon as they go on; pinned to theirs, they would keep old
 * workers alive for a month.
 */
function versioning({ buildId, taskQueue }: WorkerConfig): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  if (buildId === undefined) return {};
  return {
    workerDeploymentOptions: {
      version: { deploymentName: taskQueue, buildId },
      useWorkerVersioning: true,
      defaultVersioningBehavior: 'AUTO_UPGRADE',
    },
  };
}

/** With keys, the one that hides what failures say (encryption/failure-converter.ts). */
function workflowBundle({ payloadKeys }: WorkerConfig): string {
  const name = payloadKeys.length === 0 ? 'workflow-bundle.js' : 'workflow-bundle-encrypting.js';
  const path = join(__dirname, '..', name);
  if (!existsSync(path)) throw new ConfigError('The workflow bundle is missing; run: npm run build');
  return path;
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    const isClear = CLEAR.some((kind) => error instanceof kind);
    process.stderr.write(`${isClear ? message : `The worker stopped: ${message}`}\n`);
    process.exit(1);
  },
);
