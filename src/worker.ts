#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Runtime, Worker, type Logger, type WorkerOptions } from '@temporalio/worker';
import { createActivities, createUploadUrlCipher, type ActivityDependencies } from './activities/index.js';
import { createCallbackSender } from './callbacks/sender.js';
import {
  ConfigError,
  loadDotEnv,
  readWorkerConfig,
  assertDocumentRoot,
  type WorkerConfig,
} from './shared/config.js';
import { createRequestChecker } from './documents/check-request.js';
import { createPdfInspector } from './pdf/inspector.js';
import { createSources } from './documents/sources.js';
import { createFlexpertoClient, combineObservers } from './flexperto/index.js';
import { type CallObserver } from './flexperto/call-observer.js';
import { startHealthServer, checkWorkerReadiness } from './worker/health.js';
import { createCallMetrics, startSigningGauges } from './worker/metrics.js';
import { createTelemetryOptions } from './worker/runtime.js';
import { warnOnShortRetention } from './worker/retention.js';
import { parseHostAllowlist } from './shared/http/host-allowlist.js';
import { registerSearchAttributes } from './worker/search-attributes.js';
import { NoAccessError, NoServerError } from './shared/temporal-errors.js';
import { connectWorker, readTemporalConfig } from './shared/temporal.js';
import { startTracing } from './shared/tracing/index.js';
import { createWorkflowLookup, type WorkflowLookup } from './worker/workflow-lookup.js';
import { WORKER_LIMITS } from './worker/worker-options.js';
import { createSdkLogger } from './worker/runtime.js';

/** Longer than any JSON call may take, so that no initiate is cut off; an upload that lasts longer is handed over. */
const SHUTDOWN_GRACE_MS = 60_000;
const HEALTH_REPORT_INTERVAL_MS = 60_000;

/** Errors whose message says all that is to be said. */
const SELF_EXPLANATORY_ERRORS = [ConfigError, NoServerError, NoAccessError];

async function main(): Promise<void> {
  const startupExit = exitOnSignal();
  loadDotEnv();
  const config = readWorkerConfig(process.env);
  const target = readTemporalConfig(config);
  const { taskQueue } = config;
  const { namespace } = target;
  assertDocumentRoot(config);
  const logger = createSdkLogger(config.logLevel);
  installRuntime(logger, config);
  const health = await startHealthServer(config.healthAddress);

  const connection = await connectWorker(target);
  const registered = await registerSearchAttributes(connection, namespace);
  if (registered.length > 0) logger.info('search attributes registered', { registered });
  await warnOnShortRetention(connection, namespace, logger);

  const meter = Runtime.instance().metricMeter.withTags({ namespace, task_queue: taskQueue });
  const visibility = createWorkflowLookup(connection, { namespace, taskQueue });
  const tracing = await startTracing('flexperto-signing-worker', config.proxies);
  const observe = combineObservers(createCallMetrics(meter), tracing.observe);
  const { dependencies, close } = createDependencies(config, visibility, observe);
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowBundle: { codePath: findWorkflowBundle(config) },
    dataConverter: target.dataConverter,
    activities: createActivities(dependencies),
    interceptors: { activity: tracing.activityInterceptors },
    sinks: tracing.sinks,
    shutdownGraceTime: Math.max(SHUTDOWN_GRACE_MS, config.timeoutMs + 5_000),
    shutdownForceTime: Math.max(SHUTDOWN_GRACE_MS, config.timeoutMs) + 30_000,
    ...WORKER_LIMITS,
    ...createVersioningOptions(config),
  });
  const healthReports = startHealthReports(worker, logger);
  const gauges =
    config.metricsAddress === undefined
      ? undefined
      : startSigningGauges(meter, visibility.countByState, logger);
  health.setReadinessCheck(() => checkWorkerReadiness(worker, connection, namespace));
  startupExit.end();
  logger.info('worker ready', {
    taskQueue,
    namespace,
    temporal: target.address,
    flexperto: config.baseUrl,
  });
  try {
    await worker.run();
  } finally {
    clearInterval(healthReports);
    gauges?.stop();
    await close();
    await health.close();
    await connection.close();
    await tracing.close();
    logger.info('worker stopped');
  }
}

function createDependencies(config: WorkerConfig, visibility: WorkflowLookup, observe: CallObserver) {
  const flexperto = createFlexpertoClient({ ...config, observe });
  const { proxies } = config;
  const sources = createSources({
    root: resolve(config.documentRoot),
    hosts: config.documentHosts,
    proxies,
  });
  const callbacks = createCallbackSender({
    secrets: config.callbackSecrets,
    hosts: parseHostAllowlist(config.callbackHosts),
    proxies,
  });
  const dependencies: ActivityDependencies = {
    flexperto,
    sources,
    checker: createRequestChecker(sources, createPdfInspector()),
    uploadUrlCipher: createUploadUrlCipher(config.apiKey),
    isHandOverEnabled: config.handover !== undefined,
    firstPollMs: config.firstPollMs,
    secrets: [config.apiKey],
    callbacks,
    reminderMs: config.reminderMs,
    hasEarlierRun: visibility.hasEarlierRun,
    isContractSessionTaken: visibility.isContractSessionTaken,
    isSigningOpen: visibility.isSigningOpen,
  };
  const close = async (): Promise<void> => {
    await flexperto.close();
    await sources.close();
    await callbacks.close();
  };
  return { dependencies, close };
}

function startHealthReports(worker: Worker, logger: Logger): NodeJS.Timeout {
  const report = (): void => {
    const { runState, numInFlightActivities, numCachedWorkflows } = worker.getStatus();
    const megabytes = Math.round(process.memoryUsage.rss() / 1024 / 1024);
    logger.info('worker health', { runState, numInFlightActivities, numCachedWorkflows, megabytes });
  };
  return setInterval(report, HEALTH_REPORT_INTERVAL_MS).unref();
}

/** A worker that is still looking for its server has nothing to bring to an end; later it is the SDK that heeds a signal. */
function exitOnSignal(): { end: () => void } {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const exit = (): void => process.exit(0);
  for (const signal of signals) process.on(signal, exit);
  return {
    end: () => {
      for (const signal of signals) process.off(signal, exit);
    },
  };
}

function installRuntime(logger: Logger, config: WorkerConfig): void {
  try {
    Runtime.install({ logger, telemetryOptions: createTelemetryOptions(config) });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`SIGNING_METRICS_ADDRESS cannot be listened on: ${reason}`);
  }
}

/**
 * Sessions wait for weeks, so they move to the current build as soon as they go on; pinned to theirs, they would keep old
 * workers alive for a month.
 */
function createVersioningOptions({
  buildId,
  taskQueue,
}: WorkerConfig): Pick<WorkerOptions, 'workerDeploymentOptions'> {
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
function findWorkflowBundle({ payloadKeys }: WorkerConfig): string {
  const name = payloadKeys.length === 0 ? 'workflow-bundle.js' : 'workflow-bundle-encrypting.js';
  const path = join(__dirname, '..', name);
  if (!existsSync(path)) throw new ConfigError('The workflow bundle is missing; run: npm run build');
  return path;
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    const isClear = SELF_EXPLANATORY_ERRORS.some((kind) => error instanceof kind);
    process.stderr.write(`${isClear ? message : `The worker stopped: ${message}`}\n`);
    process.exit(1);
  },
);
