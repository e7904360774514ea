import type { FastifySchemaCompiler } from 'fastify';
import { type FastifyPluginAsyncZod, validatorCompiler } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { findCallbackUrlProblem } from '../../callbacks/sender.js';
import { InvalidRequestError, RequestConflictError } from '../../client/index.js';
import { type ParsedRequest, parseRequest } from '../../domain/parse-request.js';
import type { HostAllowlist } from '../../shared/http/host-allowlist.js';
import { type Caller, type SigningClientFactory, getCaller, resolveEmployeeId } from '../auth/caller.js';
import { createInvalidRequest, describeErrors } from '../http/error-mapping.js';
import {
  ProblemError,
  createProblem,
  createProblemError,
  describeJsonResponse,
  describeProblemResponses,
} from '../http/problem.js';
import { type UploadArea, isOwnUpload, refreshUploadExpiry } from '../uploads/storage.js';
import { RequestId, SigningRequest, StartedSigning } from './schemas.js';

const LOCATION_HEADER = {
  Location: { type: 'string', description: 'The address of the signing.' },
} as const;

const schema = {
  tags: ['signings'],
  operationId: 'startSigning',
  summary: 'Start a signing, once',
  description:
    'Idempotent: the same request again starts nothing new. If no worker is running, the signing begins when one starts.',
  headers: z.object({
    'idempotency-key': RequestId.optional().describe('The requestId, if the body does not have one.'),
  }),
  body: SigningRequest,
  response: {
    200: describeJsonResponse(
      'The same request was started before; nothing new was started.',
      StartedSigning,
      LOCATION_HEADER,
    ),
    201: describeJsonResponse('The signing is started.', StartedSigning, LOCATION_HEADER),
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
      const parsed = parseRequest(buildRequest(request.body, request.headers['idempotency-key'], caller));
      assertOwnUploads(parsed.request, caller, uploads.area);
      assertCallbackAllowed(parsed, callbackHosts);
      await refreshUploadExpiry(uploads.area, parsed.request);
      const started = await clientFor(caller).startParsed(parsed).catch(hideOtherEmployees(caller));
      return reply
        .code(started.created ? 201 : 200)
        .header('location', `/signings/${encodeURIComponent(started.requestId)}`)
        .send(started);
    });
  };
}

/**
 * Limits an employee to the own uploads: other sources are for systems, which have a key. Checks the source alone, so the
 * answer does not reveal whether a file exists. @throws ProblemError
 */
function assertOwnUploads(
  { documents }: ParsedRequest['request'],
  { employeeId }: Caller,
  area: UploadArea,
): void {
  if (employeeId === undefined) return;
  const detail = 'must be a document that the owner of the token has uploaded';
  const errors = documents.flatMap(({ source }, index) => {
    const pointer = `/documents/${index}/source`;
    return source === '' || isOwnUpload(employeeId, source, area) ? [] : [{ pointer, detail }];
  });
  if (errors.length === 0) return;
  throw new ProblemError(createProblem('forbidden', { detail: describeErrors(errors), errors }));
}

/** Hides another employee's request with the same requestId. */
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

/** Rejects a callback that the worker would not send. @throws InvalidRequestError with all problems of the request */
function assertCallbackAllowed({ request, problems }: ParsedRequest, hosts: HostAllowlist): void {
  const { callbackUrl = '' } = request;
  const message = callbackUrl === '' ? undefined : findCallbackUrlProblem(callbackUrl, hosts);
  if (message === undefined || problems.some(({ field }) => field === 'callbackUrl')) return;
  throw new InvalidRequestError([...problems, { field: 'callbackUrl', message }]);
}

/** `parseRequest` validates the body, as it does for every client; the schema only describes it. */
const skipBodyValidation: FastifySchemaCompiler<unknown> = ({ schema: part, ...route }) =>
  route.httpPart === 'body'
    ? (value: unknown) => ({ value })
    : validatorCompiler({ ...route, schema: part as z.ZodType });

/** Completes the body with the Idempotency-Key and the token's employee. @throws ProblemError if they contradict it */
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
  // parseRequest reports a value that is not a text.
  const employeeId =
    requestedEmployeeId === undefined || typeof requestedEmployeeId === 'string'
      ? resolveEmployeeId(caller, requestedEmployeeId)
      : requestedEmployeeId;
  return { ...fields, ...omitUndefined({ requestId, employeeId }) };
}

function omitUndefined(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
