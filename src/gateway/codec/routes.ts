import { z } from 'zod';
import { MAX_PAYLOADS, MAX_CODEC_BODY_BYTES } from '../http/limits.js';
import {
  describeJsonResponse,
  describeProblemResponses,
  ProblemError,
  createProblemError,
} from '../http/problem.js';
import { fastifyCors } from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import type { PayloadCodec } from '@temporalio/common';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { UnreadablePayloadError } from '../../shared/encryption/index.js';
import { handleCodecRequest, CodecRequestError } from './codec-request.js';
import { setBodyTimeout } from '../http/request-body.js';
import { getCaller, requireAuthentication, type Authenticator } from '../auth/caller.js';
import { createInvalidRequest } from '../http/error-mapping.js';

export interface CodecOptions {
  readonly codec: PayloadCodec;
  /** The ways in which those are known who may read what is encrypted. */
  readonly decryptors: readonly Authenticator[];
  /** The addresses of the Temporal UI. */
  readonly origins: readonly string[];
}

const Bytes = z.string().regex(/^[A-Za-z0-9_+/-]*={0,2}$/);

/** What `answerCodecRequest` accepts, which reads the body; here it is only described. */
const CodecRequest = z
  .object({
    payloads: z
      .array(z.object({ metadata: z.record(z.string(), Bytes).nullish(), data: Bytes.nullish() }))
      .max(MAX_PAYLOADS)
      .nullish(),
  })
  .meta({ id: 'CodecRequest', description: 'As Temporal writes payloads in JSON: bytes in base64.' });

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

export const codecSchemas = {
  decode: describeRoute(
    'decodePayloads',
    'Decrypt payloads of a history',
    'Called by the Temporal UI and CLI. What is not encrypted comes back as it is; one payload that cannot be decrypted refuses all.',
    'In the same order, decrypted.',
  ),
  encode: describeRoute(
    'encodePayloads',
    'Encrypt what is to be sent to a session',
    'Called by the Temporal UI and CLI before they send a signal or an update.',
    'In the same order, encrypted.',
  ),
} as const;

/**
 * `decode` and `encode`, by which the Temporal UI and CLI show and send what is encrypted. The log says who has read how
 * many payloads; nothing says what stands in them.
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
        // Before the answer: a caller that reads half of it and goes away has read it.
        const { identity } = getCaller(request);
        request.log.info({ caller: identity, payloads: response.payloads.length }, `payloads ${action}d`);
        return response;
      });
    }
  };
}

/** `Authorization-Extras` is the second token that the Temporal UI sends where its login gives it one. */
const CORS_HEADERS = ['Authorization', 'Authorization-Extras', 'Content-Type', 'X-Namespace'];
const PREFLIGHT_MAX_AGE_SECONDS = 600;

/**
 * Lets web pages of these origins call the routes of `app`, and tells pages of others nothing. Their preflight needs no
 * key. Credentials are allowed since the Temporal UI can be told to send them, for a login in front of the gateway.
 */
export async function allowOrigins(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  await app.register(fastifyCors, {
    // As a function: a list would still send the other headers to every origin.
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

/** The body is read by `answerCodecRequest`; the schema describes it. */
const skipBodyValidation = () => (value: unknown) => ({ value });

/** @throws ProblemError where there are more payloads than are worked on at once */
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
