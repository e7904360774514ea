import { z } from 'zod';
import { MAX_PAYLOADS } from '../http/limits.js';
import { describeJsonResponse, describeProblemResponses } from '../http/response-schemas.js';

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
