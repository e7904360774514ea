import type { PayloadCodec } from '@temporalio/common';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { answerCodecRequest, CodecRequestError, UnreadablePayloadError } from '../../encryption/index.js';
import { limitBodyTime } from '../body-time.js';
import { callerOf, requireCaller, type Identify } from '../caller.js';
import { invalid } from '../known-errors.js';
import { MAX_CODEC_BODY_BYTES, MAX_PAYLOADS } from '../limits.js';
import { ProblemError, refusal } from '../problem.js';
import { allowOrigins } from './origins.js';
import { schemas } from './schemas.js';

export interface CodecOptions {
  readonly codec: PayloadCodec;
  /** The ways in which those are known who may read what is encrypted. */
  readonly readers: readonly Identify[];
  /** The addresses of the Temporal UI. */
  readonly origins: readonly string[];
}

/**
 * `decode` and `encode`, by which the Temporal UI and CLI show and send what is encrypted. The log says who has read how
 * many payloads; nothing says what stands in them.
 */
export function codecRoutes({ codec, readers, origins }: CodecOptions): FastifyPluginAsyncZod {
  return async (app) => {
    await allowOrigins(app, origins);
    requireCaller(app, readers);
    limitBodyTime(app);
    for (const action of ['decode', 'encode'] as const) {
      const route = {
        schema: schemas[action],
        bodyLimit: MAX_CODEC_BODY_BYTES,
        validatorCompiler: readLater,
      };
      app.post(`/${action}`, route, async (request) => {
        const answer = await answerCodecRequest(codec, action, bounded(request.body)).catch(refuse);
        // Before the answer: a caller that reads half of it and goes away has read it.
        const { identity } = callerOf(request);
        request.log.info({ caller: identity, payloads: answer.payloads.length }, `payloads ${action}d`);
        return answer;
      });
    }
  };
}

/** The body is read by `answerCodecRequest`; the schema describes it. */
const readLater = () => (value: unknown) => ({ value });

/** @throws ProblemError where there are more payloads than are worked on at once */
function bounded(body: unknown): unknown {
  const { payloads } = Object(body) as { payloads?: unknown };
  if (!Array.isArray(payloads) || payloads.length <= MAX_PAYLOADS) return body;
  throw new ProblemError(
    invalid([{ pointer: '/payloads', detail: `must have ${MAX_PAYLOADS} entries at most` }]),
  );
}

function refuse(error: unknown): never {
  if (error instanceof CodecRequestError)
    throw new ProblemError(invalid([{ pointer: error.pointer, detail: error.must }]));
  if (error instanceof UnreadablePayloadError) throw refusal('unreadable-payload', error.message);
  throw error;
}
