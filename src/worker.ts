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
import { installRuntime } from './worker/runtime.js';
import { registerSearchAttributes } from './worker/search-attributes.js';
import { createWorkerOptions } from './worker/worker-options.js';
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
  const worker = await Worker.create({
    ...createWorkerOptions(config),
    connection,
    namespace,
    dataConverter: temporal.dataConverter,
    activities: createActivities(dependencies),
    interceptors: { activity: tracing.activityInterceptors },
  });
  const stopHealthReports = startHealthReports(worker, logger);
  const stopGauges =
    config.metricsAddress === undefined ? undefined : startSigningGauges(meter, lookup.countByState, logger);
  health.setReadinessCheck(() => checkWorkerReadiness(worker, connection, namespace));
  // From here on the SDK handles signals: it lets the worker finish its calls.
  stopExitOnSignal();
  logger.info('worker ready', {
    taskQueue,
    namespace,
    temporal: temporal.address,
    flexperto: config.baseUrl,
  });
  try {
    await worker.run();
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
