import type { FastifySchemaCompiler } from 'fastify';
import { validatorCompiler, type FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { findCallbackUrlProblem } from '../../callbacks/sender.js';
import { parseRequest } from '../../domain/parse-request.js';
import type { HostAllowlist } from '../../shared/http/host-allowlist.js';
import { InvalidRequestError, RequestConflictError } from '../../client/index.js';
import { getCaller, type Caller } from '../auth/caller.js';
import { refreshUploadExpiry, isOwnUpload, type UploadArea } from '../uploads/storage.js';

import { describeErrors, createInvalidRequest } from '../http/error-mapping.js';
import { createProblem, ProblemError, createProblemError } from '../http/problem.js';
import { describeJsonResponse, describeProblemResponses } from '../http/response-schemas.js';
import { resolveEmployeeId, type SigningClientFactory } from './authorization.js';
import { RequestId, SigningRequest, StartedSigning } from './schemas.js';

const LOCATION_HEADER = {
  Location: { type: 'string', description: 'Where the session is to be found.' },
} as const;

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
    200: describeJsonResponse(
      'The same request was started before; nothing new has happened.',
      StartedSigning,
      LOCATION_HEADER,
    ),
    201: describeJsonResponse('It is started.', StartedSigning, LOCATION_HEADER),
    ...describeProblemResponses(
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
  readonly clientFor: SigningClientFactory;
  readonly uploads: { readonly area: UploadArea };
  readonly callbackHosts: HostAllowlist;
}

export function startRoute({ clientFor, uploads, callbackHosts }: StartOptions): FastifyPluginAsyncZod {
  return async (app) => {
    await Promise.resolve();
    app.post('/signings', { schema, validatorCompiler: skipBodyValidation }, async (request, reply) => {
      const caller = getCaller(request);
      const input = buildRequest(request.body, request.headers['idempotency-key'], caller);
      assertOwnUploads(input, caller, uploads.area);
      assertCallbackAllowed(input, callbackHosts);
      await refreshUploadExpiry(uploads.area, input);
      const started = await clientFor(caller).start(input).catch(hideOtherEmployees(caller));
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
function assertOwnUploads(input: unknown, { employeeId }: Caller, area: UploadArea): void {
  if (employeeId === undefined) return;
  const detail = 'must be a document that the owner of the token has uploaded';
  const errors = parseRequest(input).request.documents.flatMap(({ source }, index) => {
    const pointer = `/documents/${index}/source`;
    return source === '' || isOwnUpload(employeeId, source, area) ? [] : [{ pointer, detail }];
  });
  if (errors.length === 0) return;
  throw new ProblemError(createProblem('forbidden', { detail: describeErrors(errors), errors }));
}

/** Says nothing to an employee of another one's request that has the same requestId. */
function hideOtherEmployees({ employeeId }: Caller): (error: unknown) => never {
  return (error) => {
    if (employeeId === undefined || !(error instanceof RequestConflictError) || !error.ofAnotherEmployee)
      throw error;
    throw createProblemError(
      'forbidden',
      'The owner of the token cannot start a signing under this requestId.',
    );
  };
}

/** A callback that will not be sent is known before anything is. @throws InvalidRequestError with all that is wrong */
function assertCallbackAllowed(input: unknown, hosts: HostAllowlist): void {
  const { request, problems } = parseRequest(input);
  const { callbackUrl = '' } = request;
  const message = callbackUrl === '' ? undefined : findCallbackUrlProblem(callbackUrl, hosts);
  if (message === undefined || problems.some(({ field }) => field === 'callbackUrl')) return;
  throw new InvalidRequestError([...problems, { field: 'callbackUrl', message }]);
}

/** The body is read by the starter, as every other client's is: one place says what is wrong with a request. */
const skipBodyValidation: FastifySchemaCompiler<unknown> = ({ schema: part, ...route }) =>
  route.httpPart === 'body'
    ? (value: unknown) => ({ value })
    : validatorCompiler({ ...route, schema: part as z.ZodType });

/** The body, completed by what key and token say. @throws ProblemError where they contradict it */
function buildRequest(body: unknown, idempotencyKey: string | undefined, caller: Caller): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ProblemError(createInvalidRequest([{ pointer: '', detail: 'must be a JSON object' }]));
  }
  const fields: Readonly<Record<string, unknown>> = { ...body };
  const requestId = fields['requestId'] ?? idempotencyKey;
  if (idempotencyKey !== undefined && requestId !== idempotencyKey) {
    throw new ProblemError(
      createInvalidRequest([{ pointer: '/requestId', detail: 'differs from the header Idempotency-Key' }]),
    );
  }
  const requestedEmployeeId = fields['employeeId'] ?? undefined;
  // What is no text is for the rules to name.
  const employeeId =
    requestedEmployeeId === undefined || typeof requestedEmployeeId === 'string'
      ? resolveEmployeeId(caller, requestedEmployeeId)
      : requestedEmployeeId;
  return { ...fields, ...omitUndefined({ requestId, employeeId }) };
}

function omitUndefined(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
