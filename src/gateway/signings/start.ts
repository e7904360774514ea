import type { FastifySchemaCompiler } from 'fastify';
import { validatorCompiler, type FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { refuseCallbackUrl } from '../../callbacks/index.js';
import { readRequest } from '../../domain/read-request.js';
import type { Hosts } from '../../network/hosts.js';
import { InvalidRequestError, RequestConflictError } from '../../starter/index.js';
import { callerOf, type Caller } from '../caller.js';
import { touchUploads } from '../documents/touch.js';
import { isUploadOf, type UploadArea } from '../documents/upload-folder.js';
import { describeErrors, invalid } from '../known-errors.js';
import { problemAnswer, ProblemError, refusal } from '../problem.js';
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

export interface StartOptions {
  readonly signingsOf: SigningsOf;
  readonly documents: { readonly area: UploadArea };
  readonly callbackHosts: Hosts;
}

export function startRoute({ signingsOf, documents, callbackHosts }: StartOptions): FastifyPluginAsyncZod {
  return async (app) => {
    await Promise.resolve();
    app.post('/signings', { schema, validatorCompiler: allButTheBody }, async (request, reply) => {
      const caller = callerOf(request);
      const asked = requestOf(request.body, request.headers['idempotency-key'], caller);
      requireOwnDocuments(asked, caller, documents.area);
      refuseUnlessCallable(asked, callbackHosts);
      await touchUploads(documents.area, asked);
      const started = await signingsOf(caller).start(asked).catch(withoutOthers(caller));
      return reply
        .code(started.created ? 201 : 200)
        .header('location', `/signings/${encodeURIComponent(started.requestId)}`)
        .send(started);
    });
  };
}

/**
 * Lets an employee send no documents but the own uploads: other sources are for systems, which have a key. Told by the
 * source alone, so that the answer is the same whether or not there is such a file. @throws ProblemError
 */
function requireOwnDocuments(asked: unknown, { employeeId }: Caller, area: UploadArea): void {
  if (employeeId === undefined) return;
  const detail = 'must be a document that the owner of the token has uploaded';
  const errors = readRequest(asked).request.documents.flatMap(({ source }, index) => {
    const pointer = `/documents/${index}/source`;
    return source === '' || isUploadOf(employeeId, source, area) ? [] : [{ pointer, detail }];
  });
  if (errors.length === 0) return;
  throw new ProblemError(problemAnswer('forbidden', { detail: describeErrors(errors), errors }));
}

/** Says nothing to an employee of another one's request that has the same requestId. */
function withoutOthers({ employeeId }: Caller): (error: unknown) => never {
  return (error) => {
    if (employeeId === undefined || !(error instanceof RequestConflictError) || !error.ofAnotherEmployee)
      throw error;
    throw refusal('forbidden', 'The owner of the token cannot start a signing under this requestId.');
  };
}

/** A callback that will not be sent is known before anything is. @throws InvalidRequestError with all that is wrong */
function refuseUnlessCallable(asked: unknown, hosts: Hosts): void {
  const { request, problems } = readRequest(asked);
  const { callbackUrl = '' } = request;
  const message = callbackUrl === '' ? undefined : refuseCallbackUrl(callbackUrl, hosts);
  if (message === undefined || problems.some(({ field }) => field === 'callbackUrl')) return;
  throw new InvalidRequestError([...problems, { field: 'callbackUrl', message }]);
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
