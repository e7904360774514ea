import { fastifyCors } from '@fastify/cors';
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyPluginAsync,
  LogController,
  fastify,
} from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import { randomUUID } from 'node:crypto';
import type { HostAllowlist } from '../shared/http/host-allowlist.js';
import { requireAuthentication } from './auth/caller.js';
import type { Authenticator, SigningClientFactory } from './auth/caller.js';
import { type CodecOptions, codecRoutes } from './codec/routes.js';
import { healthRoutes } from './health.js';
import { handleClientError, handleUnknownRoutes, sendError, setErrorHandler } from './http/error-handler.js';
import * as limits from './http/limits.js';
import { readJsonAsUtf8 } from './http/request-body.js';
import type { GatewayMetrics } from './metrics.js';
import { registerOpenApi, serveOpenApi } from './openapi.js';
import { signingRoutes } from './signings/routes.js';
import type { CleanupOptions } from './uploads/cleanup.js';
import { uploadRoutes } from './uploads/routes.js';

/** Logs one line for each request: caller, route and status. Never an address or a body, which can hold personal data. */
function logRequests(app: FastifyInstance): void {
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
  /** Tried in this order until one identifies the caller. */
  readonly authenticators: readonly Authenticator[];
  /** A client whose actions Temporal records under the caller's identity. */
  readonly clientFor: SigningClientFactory;
  /** Rejects if Temporal does not answer. */
  readonly checkReadiness: () => Promise<void>;
  /** Where the uploads are, and which of them signings still need. */
  readonly uploads: CleanupOptions;
  /** The hosts that may receive callbacks; the worker checks again before it calls one. */
  readonly callbackHosts: HostAllowlist;
  /** Web pages of these origins may call the API from a browser, but not the codec endpoint. */
  readonly origins: readonly string[];
  /** Decrypts payloads for the Temporal UI and CLI; without it there is no codec endpoint. */
  readonly codec: CodecOptions | undefined;
  readonly metrics: GatewayMetrics;
}

/** The gateway, not listening yet. `close()` ends event streams and waits for other requests in flight. */
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
    // Requests on connections that stay open are answered as usual while the gateway closes.
    return503OnClosing: false,
    clientErrorHandler: handleClientError,
    frameworkErrors: (error, request, reply) => {
      sendError(error, request, reply);
    },
  });
  app.removeContentTypeParser('text/plain');
  readJsonAsUtf8(app);
  app.setValidatorCompiler(validatorCompiler);
  // The compiler checks responses against their schemas; an additional field of a signing must not fail a response.
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

/** A separate Fastify context, so that its CORS origins do not apply to the codec endpoint. */
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

/** Responses are private, and a status is outdated soon. */
function preventCaching(app: FastifyInstance): void {
  app.addHook('onRequest', async (_, reply) => {
    reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    await Promise.resolve();
  });
}
