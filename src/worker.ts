#!/usr/bin/env node
import { Runtime, Worker } from '@temporalio/worker';
import { createActivities } from './activities/index.js';
import { combineObservers } from './flexperto/index.js';
import { assertDocumentRoot, loadDotEnv, readWorkerConfig } from './shared/config/index.js';
import { exitOnSignal, runProgram } from './shared/process.js';
import { connectWorker, readTemporalConfig } from './shared/temporal.js';
import { startTracing } from './shared/tracing/index.js';
import { createDependencies } from './worker/dependencies.js';
import { checkWorkerReadiness, startHealthReports, startHealthServer } from './worker/health.js';
import { createCallMetrics, startSigningGauges } from './worker/metrics.js';
import { warnOnShortRetention } from './worker/retention.js';
import { runTogether } from './worker/run-together.js';
import { installRuntime } from './worker/runtime.js';
import { registerSearchAttributes } from './worker/search-attributes.js';
import { createTaskQueueGuard } from './worker/task-queue-guard.js';
import { createPollWorkerOptions, createWorkerOptions } from './worker/worker-options.js';
import { createWorkflowLookup } from './worker/workflow-lookup.js';

async function main(): Promise<void> {
  const stopExitOnSignal = exitOnSignal();
  loadDotEnv();
  const config = readWorkerConfig(process.env);
  const temporal = readTemporalConfig(config);
  const { taskQueue } = config;
  const { namespace } = temporal;
  assertDocumentRoot(config);
  const logger = installRuntime(config);
  const health = await startHealthServer(config.healthAddress);

  const connection = await connectWorker(temporal);
  const registered = await registerSearchAttributes(connection, namespace);
  if (registered.length > 0) logger.info('search attributes registered', { registered });
  await warnOnShortRetention(connection, namespace, logger);

  const meter = Runtime.instance().metricMeter.withTags({ namespace, task_queue: taskQueue });
  const lookup = createWorkflowLookup(connection, { namespace, taskQueue });
  const tracing = await startTracing('flexperto-signing-worker', config.proxies);
  const observe = combineObservers(createCallMetrics(meter), tracing.observe);
  const { dependencies, close: closeDependencies } = createDependencies(config, lookup, observe);
  const activities = createActivities(dependencies);
  const sharedOptions = {
    connection,
    namespace,
    dataConverter: temporal.dataConverter,
    interceptors: { activity: [createTaskQueueGuard(taskQueue), ...tracing.activityInterceptors] },
  };
  const worker = await Worker.create({ ...createWorkerOptions(config), ...sharedOptions, activities });
  const { pollDocuments } = activities;
  const pollWorker = await Worker.create({
    ...createPollWorkerOptions(config),
    ...sharedOptions,
    activities: { pollDocuments },
  });
  const workers = [worker, pollWorker];
  const stopHealthReports = startHealthReports(worker, pollWorker, logger);
  const stopGauges =
    config.metricsAddress === undefined ? undefined : startSigningGauges(meter, lookup.countByState, logger);
  health.setReadinessCheck(() => checkWorkerReadiness(workers, connection, namespace));
  // From here on the SDK handles signals: it lets the worker finish its calls.
  stopExitOnSignal();
  logger.info('worker ready', {
    taskQueue,
    namespace,
    temporal: temporal.address,
    flexperto: config.baseUrl,
  });
  try {
    await runTogether(workers);
  } finally {
    stopHealthReports();
    stopGauges?.();
    await closeDependencies();
    await health.close();
    await connection.close();
    await tracing.close();
    logger.info('worker stopped');
  }
}

runProgram('worker', main);
