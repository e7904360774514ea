#!/usr/bin/env node
import type { FastifyInstance } from 'fastify';
import { createSigningClient } from './client/index.js';
import { listActiveSources } from './client/list.js';
import { createGateway } from './gateway/app.js';
import { createAuthenticators } from './gateway/auth/authenticators.js';
import type { Authenticator, Caller } from './gateway/auth/caller.js';
import { SHUTDOWN_GRACE_MS } from './gateway/http/limits.js';
import { createGatewayMetrics, serveMetrics } from './gateway/metrics.js';
import {
  type GatewayConfig,
  assertDocumentRoot,
  loadDotEnv,
  readGatewayConfig,
} from './shared/config/index.js';
import { createPayloadCodec } from './shared/encryption/index.js';
import { ConfigError, getErrorMessage } from './shared/errors.js';
import { parseHostAllowlist } from './shared/http/host-allowlist.js';
import { createLogger } from './shared/log.js';
import { runProgram, waitForSignal } from './shared/process.js';
import { mapCallError } from './shared/temporal-errors.js';
import { createClient, createLazyConnection, pingDatabase, readTemporalConfig } from './shared/temporal.js';
import { startTracing } from './shared/tracing/index.js';

const READY_TIMEOUT_MS = 3_000;
const IDLE_CHECK_INTERVAL_MS = 100;

async function main(): Promise<void> {
  loadDotEnv();
  const config = readGatewayConfig(process.env);
  const temporal = readTemporalConfig(config);
  const { namespace } = temporal;
  assertDocumentRoot(config);
  const log = createLogger(config.logLevel);
  const connection = createLazyConnection(temporal);
  const tracing = await startTracing('flexperto-signing-gateway', config.proxies);
  const { callers: authenticators, decryptors } = createAuthenticators(config);
  const uploadArea = { root: config.documentRoot, namespace, taskQueue: config.taskQueue };
  const metrics = createGatewayMetrics(uploadArea);
  const closeMetricsServer = await serveMetrics(config.metricsAddress, metrics);
  const gateway = createGateway({
    log,
    authenticators,
    // Each caller has a separate client, so that a history says who started, resolved or cancelled the signing.
    clientFor: ({ identity }: Caller) =>
      createSigningClient(createClient(connection, temporal, { ...tracing, identity }), config.taskQueue, {
        startsPerHour: config.startsPerHour,
      }),
    uploads: {
      area: uploadArea,
      listActiveSources: () =>
        listActiveSources(createClient(connection, temporal, tracing), config.taskQueue),
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
    throw new ConfigError(`SIGNING_GATEWAY_ADDRESS cannot be listened on: ${getErrorMessage(error)}.`);
  });
  log.info({ address, temporal: temporal.address, namespace, taskQueue: config.taskQueue }, 'gateway ready');
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

/** Lets requests in flight end within a time limit, and closes idle connections immediately. */
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

runProgram('gateway', main);
