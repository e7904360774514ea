import { randomUUID } from 'node:crypto';
import { fastifyCors } from '@fastify/cors';
import {
  fastify,
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyPluginAsync,
} from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import { requireAuthentication, type Authenticator } from './auth/caller.js';
import { codecRoutes, type CodecOptions } from './codec/routes.js';
import { handleClientError, sendError, setErrorHandler, handleUnknownRoutes } from './http/error-handler.js';
import { uploadRoutes } from './uploads/routes.js';
import type { CleanupOptions } from './uploads/cleanup.js';
import { healthRoutes } from './health.js';
import { readJsonAsUtf8 } from './http/request-body.js';
import * as limits from './http/limits.js';
import type { GatewayMetrics } from './metrics.js';
import { registerOpenApi, serveOpenApi } from './openapi.js';
import type { SigningClientFactory } from './auth/caller.js';
import { signingRoutes } from './signings/routes.js';

import type { HostAllowlist } from '../shared/http/host-allowlist.js';

/** One line for every call: who made it and how it ended. Never an address or body, which can hold personal data. */
export function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    request.log.info(
      {
        call: `${request.method} ${request.routeOptions.url ?? '(unknown)'}`,
        caller: request.caller?.identity,
        status: reply.statusCode,
        milliseconds: Math.round(reply.elapsedTime),
      },
      'call answered',
    );
    await Promise.resolve();
  });
}

export interface GatewayOptions {
  readonly log: FastifyBaseLogger;
  /** The ways in which a caller can be known, asked one after the other. */
  readonly authenticators: readonly Authenticator[];
  /** The signings as this caller's own acts. */
  readonly clientFor: SigningClientFactory;
  /** Rejects where Temporal does not answer. */
  readonly checkReadiness: () => Promise<void>;
  /** Where uploaded documents lie, and how it is known which are in use. */
  readonly uploads: CleanupOptions;
  /** Which hosts may be told of changes; the worker checks it again when it calls them. */
  readonly callbackHosts: HostAllowlist;
  /** Web pages of these origins may call from a browser, though not the codec endpoint. */
  readonly origins: readonly string[];
  /** By which the Temporal UI and CLI show what is encrypted; without it, nobody is shown that. */
  readonly codec: CodecOptions | undefined;
  readonly metrics: GatewayMetrics;
}

/** The gateway, not listening yet. `close()` ends event streams and lets other calls in flight end. */
export function createGateway(options: GatewayOptions): FastifyInstance {
  const app = fastify({
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: limits.MAX_BODY_BYTES,
    requestTimeout: limits.REQUEST_TIMEOUT_MS,
    keepAliveTimeout: limits.CONNECTION_KEEP_ALIVE_MS,
    http: {
      maxHeaderSize: limits.MAX_HEADER_BYTES,
      headersTimeout: limits.HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: limits.HEADERS_TIMEOUT_MS / 2,
    },
    routerOptions: { maxParamLength: 1000 },
    // What is in flight on a connection that stays open is answered as ever.
    return503OnClosing: false,
    clientErrorHandler: handleClientError,
    frameworkErrors: (error, request, reply) => {
      sendError(error, request, reply);
    },
  });
  app.removeContentTypeParser('text/plain');
  readJsonAsUtf8(app);
  app.setValidatorCompiler(validatorCompiler);
  // Answers are typed by their schemas; what a session says is never held back because of a field too many.
  app.setSerializerCompiler(() => (response) => JSON.stringify(response));
  logRequests(app);
  options.metrics.countRequests(app);
  setErrorHandler(app);
  handleUnknownRoutes(app);
  registerOpenApi(app);
  const { codec } = options;
  if (codec !== undefined) {
    void app.register(
      async (codecApp) => {
        preventCaching(codecApp);
        await codecApp.register(codecRoutes(codec));
      },
      { prefix: '/codec' },
    );
  }
  void app.register(createApiPlugin(options));
  return app;
}

/** In a context of its own, so that its origins are not the codec endpoint's. */
function createApiPlugin(options: GatewayOptions): FastifyPluginAsync {
  return async (app) => {
    if (options.origins.length > 0) {
      const exposedHeaders = ['location', 'retry-after'];
      await app.register(fastifyCors, { origin: [...options.origins], exposedHeaders });
    }
    serveOpenApi(app);
    await app.register(healthRoutes(options.checkReadiness));
    await app.register(async (api) => {
      preventCaching(api);
      requireAuthentication(api, options.authenticators);
      await api.register(uploadRoutes(options.uploads, options.metrics));
      await api.register(signingRoutes(options));
    });
  };
}

/** What is true of a session now is not true later, and concerns nobody else. */
function preventCaching(app: FastifyInstance): void {
  app.addHook('onRequest', async (_, reply) => {
    reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    await Promise.resolve();
  });
}
