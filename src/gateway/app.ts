import { randomUUID } from 'node:crypto';
import { fastifyCors } from '@fastify/cors';
import { fastify, LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import { requireCaller, type Identify } from './caller.js';
import { answerClientError, answerError, answerErrors } from './error-handling.js';
import { documentsRoutes } from './documents/routes.js';
import type { Sweeping } from './documents/sweep.js';
import { healthRoutes } from './health.js';
import * as limits from './limits.js';
import { logCalls } from './log-calls.js';
import { describeApi } from './openapi.js';
import type { SigningsOf } from './signings/access.js';
import { signingRoutes } from './signings/routes.js';
import { answerUnknownRoutes } from './unknown-routes.js';
import type { Hosts } from '../network/hosts.js';

export interface GatewayOptions {
  readonly log: FastifyBaseLogger;
  /** The ways in which a caller can be known, asked one after the other. */
  readonly callers: readonly Identify[];
  /** The signings as this caller's own acts. */
  readonly signingsOf: SigningsOf;
  /** Rejects where Temporal does not answer. */
  readonly isReady: () => Promise<void>;
  /** Where uploaded documents lie, and how it is known which are in use. */
  readonly documents: Sweeping;
  /** Which hosts may be told of changes; the worker checks it again when it calls them. */
  readonly callbackHosts: Hosts;
  /** Web pages of these origins may call from a browser. */
  readonly origins: readonly string[];
}

/** The gateway, not listening yet. `close()` ends event streams and lets other calls in flight end. */
export function createGateway(options: GatewayOptions): FastifyInstance {
  const app = fastify({
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: limits.MAX_BODY_BYTES,
    requestTimeout: limits.REQUEST_ARRIVES_MS,
    keepAliveTimeout: limits.KEEP_ALIVE_MS,
    http: {
      maxHeaderSize: limits.MAX_HEADER_BYTES,
      headersTimeout: limits.HEADERS_ARRIVE_MS,
      connectionsCheckingInterval: limits.HEADERS_ARRIVE_MS / 2,
    },
    routerOptions: { maxParamLength: 1000 },
    // What is in flight on a connection that stays open is answered as ever.
    return503OnClosing: false,
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, request, reply) => {
      answerError(error, request, reply);
    },
  });
  app.removeContentTypeParser('text/plain');
  app.setValidatorCompiler(validatorCompiler);
  // Answers are typed by their schemas; what a session says is never held back because of a field too many.
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  logCalls(app);
  answerErrors(app);
  answerUnknownRoutes(app);
  describeApi(app);
  if (options.origins.length > 0) {
    const exposedHeaders = ['location', 'retry-after'];
    void app.register(fastifyCors, { origin: [...options.origins], exposedHeaders });
  }
  void app.register(healthRoutes(options.isReady));
  void app.register(async (api) => {
    api.addHook('onRequest', async (_, reply) => {
      // What is true of a session now is not true later, and concerns nobody else.
      reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
      await Promise.resolve();
    });
    requireCaller(api, options.callers);
    await api.register(documentsRoutes(options.documents));
    await api.register(signingRoutes(options));
  });
  return app;
}
