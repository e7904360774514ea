#!/usr/bin/env node
import type { FastifyInstance } from 'fastify';
import {
  ConfigError,
  loadDotEnv,
  readGatewayConfig,
  requireDocumentRoot,
  type GatewayConfig,
} from './config.js';
import { createPayloadCodec } from './encryption/index.js';
import { createGateway } from './gateway/app.js';
import type { Caller, Identify } from './gateway/caller.js';
import { SHUTDOWN_GRACE_MS } from './gateway/limits.js';
import { createGatewayMetrics } from './gateway/metrics.js';
import { serveMetrics } from './gateway/metrics-server.js';
import { waysIn } from './gateway/ways-in.js';
import { createLog } from './log.js';
import { parseHosts } from './network/hosts.js';
import { explainedCall } from './starter/explained.js';
import { createSigningClient } from './starter/index.js';
import { sourcesInUse } from './starter/sources-in-use.js';
import { askDatabase, connectWhenUsed, createClient, temporalTarget } from './temporal.js';
import { startTracing } from './tracing/index.js';

const READY_ANSWERS_MS = 3_000;
const IDLE_SWEEP_MS = 100;

async function main(): Promise<void> {
  loadDotEnv();
  const config = readGatewayConfig(process.env);
  const target = temporalTarget(config);
  const { namespace } = target;
  requireDocumentRoot(config);
  const log = createLog(config.logLevel);
  const connection = connectWhenUsed(target);
  const tracing = await startTracing('flexperto-signing-gateway', config.proxies);
  const { callers, readers } = waysIn(config);
  const area = { root: config.documentRoot, namespace, taskQueue: config.taskQueue };
  const metrics = createGatewayMetrics(area);
  const metricsServer = await serveMetrics(config.metricsAddress, metrics);
  const gateway = createGateway({
    log,
    callers,
    // A client of its own for each caller: the history of a session says who has started, resolved or cancelled it.
    signingsOf: ({ identity }: Caller) =>
      createSigningClient(createClient(connection, target, { ...tracing, identity }), config.taskQueue, {
        startsPerHour: config.startsPerHour,
      }),
    documents: {
      area,
      sourcesInUse: () => sourcesInUse(createClient(connection, target, tracing), config.taskQueue),
    },
    isReady: async () => {
      await connection
        .withDeadline(Date.now() + READY_ANSWERS_MS, () => askDatabase(connection.workflowService, namespace))
        .catch((error: unknown) => {
          throw explainedCall(error);
        });
    },
    callbackHosts: parseHosts(config.callbackHosts),
    origins: config.origins,
    codec: codecOptions(config, readers),
    metrics,
  });
  await gateway.ready();
  const address = await gateway.listen({ host: config.host, port: config.port }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`SIGNING_GATEWAY_ADDRESS cannot be listened on: ${why}.`);
  });
  log.info({ address, temporal: target.address, namespace, taskQueue: config.taskQueue }, 'gateway ready');
  await signalled();
  await close(gateway);
  await metricsServer.close();
  await connection.close();
  await tracing.close();
  log.info('gateway stopped');
}

function codecOptions({ codec, payloadKeys }: GatewayConfig, readers: readonly Identify[]) {
  if (codec === undefined) return undefined;
  return { codec: createPayloadCodec(payloadKeys), readers, origins: codec.origins };
}

/** Lets what is in flight end, within bounds; a connection that is kept open without a call is closed. */
async function close(gateway: FastifyInstance): Promise<void> {
  const sweep = setInterval(() => {
    gateway.server.closeIdleConnections();
  }, IDLE_SWEEP_MS);
  const force = setTimeout(() => {
    gateway.server.closeAllConnections();
  }, SHUTDOWN_GRACE_MS);
  await gateway.close();
  clearInterval(sweep);
  clearTimeout(force);
}

async function signalled(): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        resolve();
      });
    }
  });
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${error instanceof ConfigError ? message : `The gateway stopped: ${message}`}\n`);
    process.exit(1);
  },
);
