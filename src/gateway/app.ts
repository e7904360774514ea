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
import { requireCaller, type Identify } from './caller.js';
import { codecRoutes, type CodecOptions } from './codec/routes.js';
import { answerClientError, answerError, answerErrors } from './error-handling.js';
import { documentsRoutes } from './documents/routes.js';
import type { Sweeping } from './documents/sweep.js';
import { healthRoutes } from './health.js';
import { readJsonAsUtf8 } from './json-body.js';
import * as limits from './limits.js';
import { logCalls } from './log-calls.js';
import type { GatewayMetrics } from './metrics.js';
import { describeApi, serveDescription } from './openapi.js';
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
  readJsonAsUtf8(app);
  app.setValidatorCompiler(validatorCompiler);
  // Answers are typed by their schemas; what a session says is never held back because of a field too many.
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  logCalls(app);
  options.metrics.countCalls(app);
  answerErrors(app);
  answerUnknownRoutes(app);
  describeApi(app);
  const { codec } = options;
  if (codec !== undefined) {
    void app.register(
      async (reading) => {
        keepAnswersPrivate(reading);
        await reading.register(codecRoutes(codec));
      },
      { prefix: '/codec' },
    );
  }
  void app.register(allButTheCodec(options));
  return app;
}

/** In a context of its own, so that its origins are not the codec endpoint's. */
function allButTheCodec(options: GatewayOptions): FastifyPluginAsync {
  return async (app) => {
    if (options.origins.length > 0) {
      const exposedHeaders = ['location', 'retry-after'];
      await app.register(fastifyCors, { origin: [...options.origins], exposedHeaders });
    }
    serveDescription(app);
    await app.register(healthRoutes(options.isReady));
    await app.register(async (api) => {
      keepAnswersPrivate(api);
      requireCaller(api, options.callers);
      await api.register(documentsRoutes(options.documents, options.metrics));
      await api.register(signingRoutes(options));
    });
  };
}

/** What is true of a session now is not true later, and concerns nobody else. */
function keepAnswersPrivate(app: FastifyInstance): void {
  app.addHook('onRequest', async (_, reply) => {
    reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    await Promise.resolve();
  });
}
