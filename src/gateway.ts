#!/usr/bin/env node
import type { FastifyInstance } from 'fastify';
import {
  loadDotEnv,
  readGatewayConfig,
  assertDocumentRoot,
  type GatewayConfig,
} from './shared/config/index.js';
import { ConfigError } from './shared/errors.js';
import { createPayloadCodec } from './shared/encryption/index.js';
import { createGateway } from './gateway/app.js';
import type { Caller, Authenticator } from './gateway/auth/caller.js';
import { SHUTDOWN_GRACE_MS } from './gateway/http/limits.js';
import { createGatewayMetrics, serveMetrics } from './gateway/metrics.js';

import { createAuthenticators } from './gateway/auth/authenticators.js';
import { createLogger } from './shared/log.js';
import { parseHostAllowlist } from './shared/http/host-allowlist.js';
import { mapCallError } from './shared/temporal-errors.js';
import { createSigningClient } from './client/index.js';
import { listActiveSources } from './client/list-active-sources.js';
import { pingDatabase, createLazyConnection, createClient, readTemporalConfig } from './shared/temporal.js';
import { startTracing } from './shared/tracing/index.js';

const READY_TIMEOUT_MS = 3_000;
const IDLE_CHECK_INTERVAL_MS = 100;

async function main(): Promise<void> {
  loadDotEnv();
  const config = readGatewayConfig(process.env);
  const target = readTemporalConfig(config);
  const { namespace } = target;
  assertDocumentRoot(config);
  const log = createLogger(config.logLevel);
  const connection = createLazyConnection(target);
  const tracing = await startTracing('flexperto-signing-gateway', config.proxies);
  const { callers: authenticators, decryptors } = createAuthenticators(config);
  const uploadArea = { root: config.documentRoot, namespace, taskQueue: config.taskQueue };
  const metrics = createGatewayMetrics(uploadArea);
  const closeMetricsServer = await serveMetrics(config.metricsAddress, metrics);
  const gateway = createGateway({
    log,
    authenticators,
    // A client of its own for each caller: the history of a session says who has started, resolved or cancelled it.
    clientFor: ({ identity }: Caller) =>
      createSigningClient(createClient(connection, target, { ...tracing, identity }), config.taskQueue, {
        startsPerHour: config.startsPerHour,
      }),
    uploads: {
      area: uploadArea,
      listActiveSources: () => listActiveSources(createClient(connection, target, tracing), config.taskQueue),
    },
    checkReadiness: async () => {
      await connection
        .withDeadline(Date.now() + READY_TIMEOUT_MS, () =>
          pingDatabase(connection.workflowService, namespace),
        )
        .catch((error: unknown) => {
          throw mapCallError(error);
        });
    },
    callbackHosts: parseHostAllowlist(config.callbackHosts),
    origins: config.origins,
    codec: createCodecOptions(config, decryptors),
    metrics,
  });
  await gateway.ready();
  const address = await gateway.listen({ host: config.host, port: config.port }).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`SIGNING_GATEWAY_ADDRESS cannot be listened on: ${reason}.`);
  });
  log.info({ address, temporal: target.address, namespace, taskQueue: config.taskQueue }, 'gateway ready');
  await waitForSignal();
  await closeGracefully(gateway);
  await closeMetricsServer();
  await connection.close();
  await tracing.close();
  log.info('gateway stopped');
}

function createCodecOptions({ codec, payloadKeys }: GatewayConfig, decryptors: readonly Authenticator[]) {
  if (codec === undefined) return undefined;
  return { codec: createPayloadCodec(payloadKeys), decryptors, origins: codec.origins };
}

/** Lets what is in flight end, within bounds; a connection that is kept open without a call is closed. */
async function closeGracefully(gateway: FastifyInstance): Promise<void> {
  const idleCheck = setInterval(() => {
    gateway.server.closeIdleConnections();
  }, IDLE_CHECK_INTERVAL_MS);
  const forceClose = setTimeout(() => {
    gateway.server.closeAllConnections();
  }, SHUTDOWN_GRACE_MS);
  await gateway.close();
  clearInterval(idleCheck);
  clearTimeout(forceClose);
}

async function waitForSignal(): Promise<void> {
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
