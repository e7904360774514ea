import type { FastifySchemaCompiler } from 'fastify';
import { validatorCompiler, type FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { callerOf, type Caller } from '../caller.js';
import { touchUploads } from '../documents/touch.js';
import { invalid } from '../known-errors.js';
import { ProblemError } from '../problem.js';
import { jsonResponse, problemResponses } from '../responses.js';
import { ownEmployee, type SigningsOf } from './access.js';
import { RequestId, SigningRequest, Started } from './schemas.js';

const LOCATION = { Location: { type: 'string', description: 'Where the session is to be found.' } } as const;

const schema = {
  tags: ['signings'],
  operationId: 'startSigning',
  summary: 'Start a signing, once',
  description:
    'The same request again starts nothing new. No worker need run: the session begins when there is one.',
  headers: z.object({
    'idempotency-key': RequestId.optional().describe('The requestId, if the body has none.'),
  }),
  body: SigningRequest,
  response: {
    200: jsonResponse('The same request was started before; nothing new has happened.', Started, LOCATION),
    201: jsonResponse('It is started.', Started, LOCATION),
    ...problemResponses(
      'invalid-request',
      'unauthorized',
      'forbidden',
      'conflict',
      'too-large',
      'unsupported-media-type',
      'too-many-starts',
      'internal',
      'no-server',
    ),
  },
};

export function startRoute(signingsOf: SigningsOf, documentRoot: string): FastifyPluginAsyncZod {
  return async (app) => {
    await Promise.resolve();
    app.post('/signings', { schema, validatorCompiler: allButTheBody }, async (request, reply) => {
      const caller = callerOf(request);
      const asked = requestOf(request.body, request.headers['idempotency-key'], caller);
      await touchUploads(documentRoot, asked);
      const started = await signingsOf(caller).start(asked);
      return reply
        .code(started.created ? 201 : 200)
        .header('location', `/signings/${encodeURIComponent(started.requestId)}`)
        .send(started);
    });
  };
}

/** The body is read by the starter, as every other client's is: one place says what is wrong with a request. */
const allButTheBody: FastifySchemaCompiler<unknown> = ({ schema: part, ...route }) =>
  route.httpPart === 'body'
    ? (value: unknown) => ({ value })
    : validatorCompiler({ ...route, schema: part as z.ZodType });

/** The body, completed by what key and token say. @throws ProblemError where they contradict it */
function requestOf(body: unknown, key: string | undefined, caller: Caller): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ProblemError(invalid([{ pointer: '', detail: 'must be a JSON object' }]));
  }
  const given: Readonly<Record<string, unknown>> = { ...body };
  const requestId = given['requestId'] ?? key;
  if (key !== undefined && requestId !== key) {
    throw new ProblemError(
      invalid([{ pointer: '/requestId', detail: 'differs from the header Idempotency-Key' }]),
    );
  }
  const named = given['employeeId'] ?? undefined;
  // What is no text is for the rules to name.
  const employeeId = named === undefined || typeof named === 'string' ? ownEmployee(caller, named) : named;
  return { ...given, ...defined({ requestId, employeeId }) };
}

function defined(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
