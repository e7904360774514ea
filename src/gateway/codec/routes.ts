import { fastifyCors } from '@fastify/cors';
import type { PayloadCodec } from '@temporalio/common';
import type { FastifyInstance } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { UnreadablePayloadError } from '../../shared/encryption/index.js';
import { type Authenticator, getCaller, requireAuthentication } from '../auth/caller.js';
import { createInvalidRequest } from '../http/error-mapping.js';
import { MAX_CODEC_BODY_BYTES, MAX_PAYLOADS } from '../http/limits.js';
import {
  ProblemError,
  createProblemError,
  describeJsonResponse,
  describeProblemResponses,
} from '../http/problem.js';
import { setBodyTimeout } from '../http/request-body.js';
import { CodecRequestError, handleCodecRequest } from './codec-request.js';

export interface CodecOptions {
  readonly codec: PayloadCodec;
  /** They identify who may read encrypted payloads. */
  readonly decryptors: readonly Authenticator[];
  /** The addresses of the Temporal UI. */
  readonly origins: readonly string[];
}

const Bytes = z.string().regex(/^[A-Za-z0-9_+/-]*={0,2}$/);

/** Describes the body; `handleCodecRequest` validates it. */
const CodecRequest = z
  .object({
    payloads: z
      .array(z.object({ metadata: z.record(z.string(), Bytes).nullish(), data: Bytes.nullish() }))
      .max(MAX_PAYLOADS)
      .nullish(),
  })
  .meta({ id: 'CodecRequest', description: 'Payloads as Temporal writes them in JSON: bytes in base64.' });

const CodecResponse = z
  .object({ payloads: z.array(z.object({ metadata: z.record(z.string(), Bytes), data: Bytes })) })
  .meta({ id: 'CodecAnswer' });

function describeRoute(operationId: string, summary: string, description: string, result: string) {
  return {
    tags: ['codec'],
    operationId,
    summary,
    description,
    security: [{ reader: [] }],
    body: CodecRequest,
    response: {
      200: describeJsonResponse(result, CodecResponse),
      ...describeProblemResponses(
        'invalid-request',
        'unauthorized',
        'forbidden',
        'too-large',
        'unsupported-media-type',
        'unreadable-payload',
        'internal',
        'no-server',
      ),
    },
  };
}

const codecSchemas = {
  decode: describeRoute(
    'decodePayloads',
    'Decrypt payloads of a history',
    'Called by the Temporal UI and CLI. Payloads that are not encrypted are returned unchanged. If one payload cannot be decrypted, the whole request fails.',
    'The decrypted payloads, in the same order.',
  ),
  encode: describeRoute(
    'encodePayloads',
    'Encrypt payloads for a signing',
    'Called by the Temporal UI and CLI before they send a signal or an update.',
    'The encrypted payloads, in the same order.',
  ),
} as const;

/**
 * `decode` and `encode`, with which the Temporal UI and CLI show and send encrypted payloads. The log records who read how
 * many payloads, and never their content.
 */
export function codecRoutes({ codec, decryptors, origins }: CodecOptions): FastifyPluginAsyncZod {
  return async (app) => {
    await allowOrigins(app, origins);
    requireAuthentication(app, decryptors);
    setBodyTimeout(app);
    for (const action of ['decode', 'encode'] as const) {
      const route = {
        schema: codecSchemas[action],
        bodyLimit: MAX_CODEC_BODY_BYTES,
        validatorCompiler: skipBodyValidation,
      };
      app.post(`/${action}`, route, async (request) => {
        const response = await handleCodecRequest(codec, action, assertPayloadCount(request.body)).catch(
          throwAsProblem,
        );
        // Before the response: a caller that disconnects halfway has read payloads, too.
        const { identity } = getCaller(request);
        request.log.info({ caller: identity, payloads: response.payloads.length }, `payloads ${action}d`);
        return response;
      });
    }
  };
}

/** `Authorization-Extras` is a second token that the Temporal UI sends if its login issues one. */
const CORS_HEADERS = ['Authorization', 'Authorization-Extras', 'Content-Type', 'X-Namespace'];
const PREFLIGHT_MAX_AGE_SECONDS = 600;

/**
 * Lets web pages of these origins call the routes of `app`; other pages get no CORS headers. A preflight needs no key. The
 * Temporal UI can send credentials for a login in front of the gateway, so they are allowed.
 */
async function allowOrigins(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  await app.register(fastifyCors, {
    // A function, since with a list the plugin sends the other headers to every origin.
    origin: (origin, callback) => {
      callback(null, origin !== undefined && origins.includes(origin));
    },
    methods: ['POST'],
    allowedHeaders: CORS_HEADERS,
    credentials: true,
    maxAge: PREFLIGHT_MAX_AGE_SECONDS,
    strictPreflight: false,
  });
}

/** `handleCodecRequest` validates the body. */
const skipBodyValidation = () => (value: unknown) => ({ value });

/** @throws ProblemError if there are more payloads than one request may have */
function assertPayloadCount(body: unknown): unknown {
  const { payloads } = Object(body) as { payloads?: unknown };
  if (!Array.isArray(payloads) || payloads.length <= MAX_PAYLOADS) return body;
  throw new ProblemError(
    createInvalidRequest([{ pointer: '/payloads', detail: `must have ${MAX_PAYLOADS} entries at most` }]),
  );
}

function throwAsProblem(error: unknown): never {
  if (error instanceof CodecRequestError)
    throw new ProblemError(createInvalidRequest([{ pointer: error.pointer, detail: error.must }]));
  if (error instanceof UnreadablePayloadError) throw createProblemError('unreadable-payload', error.message);
  throw error;
}
