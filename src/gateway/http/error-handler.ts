import type {
  FastifyError,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifySchemaValidationError,
} from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createInvalidRequest, mapError } from './error-mapping.js';
import {
  type FieldProblem,
  PROBLEM_MEDIA_TYPE,
  type ProblemError,
  type ProblemResponse,
  createProblem,
  createProblemError,
} from './problem.js';

/** Answers requests without a route: 405 if the address has other methods, else 404. Call it before routes are added. */
export function handleUnknownRoutes(app: FastifyInstance): void {
  const routes: { readonly parts: readonly string[]; readonly methods: readonly string[] }[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    routes.push({ parts: url.split('/'), methods: [method].flat() });
  });
  const createRouteError = ({ url }: FastifyRequest): ProblemError => {
    const parts = (url.split('?')[0] ?? '').split('/');
    const methods = routes
      .filter((route) => matchesRoute(route.parts, parts))
      .flatMap((route) => route.methods);
    // These requests need no key, so the connection closes as it does for a missing key.
    if (methods.length === 0) return createNotFoundError();
    const allow = [...new Set(methods)].join(', ');
    return createProblemError('method-not-allowed', `This address supports only ${allow}.`, {
      allow,
      connection: 'close',
    });
  };
  // Before the body is read: no route would use it.
  app.addHook('onRequest', async (request) => {
    if (request.is404) throw createRouteError(request);
    await Promise.resolve();
  });
  app.setNotFoundHandler((request) => {
    throw createRouteError(request);
  });
}

/** No route matches this address, or a parameter in it is too long for any route. */
function createNotFoundError(): ProblemError {
  return createProblemError('not-found', 'There is nothing at this address.', { connection: 'close' });
}

function matchesRoute(route: readonly string[], parts: readonly string[]): boolean {
  return (
    route.length === parts.length &&
    route.every((part, index) => (part.startsWith(':') ? parts[index] !== '' : part === parts[index]))
  );
}

/** Answers every error as a problem without a stack, and logs internal errors of the gateway. */
export function setErrorHandler(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => sendError(error, request, reply));
}

export function sendError(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const response = mapError(error) ?? mapFrameworkError(error) ?? reportInternalError(error, request);
  if (response.problem.status === 503) request.log.warn({ error }, 'a server does not answer');
  return sendProblem(reply, response);
}

function sendProblem(reply: FastifyReply, { problem, headers }: ProblemResponse): FastifyReply {
  const text = JSON.stringify(problem);
  const endsAfterBody = headers['connection'] === 'close' && isBodyPending(reply.request);
  return reply
    .code(problem.status)
    .headers({ ...headers, 'content-length': String(Buffer.byteLength(text)) })
    .type(PROBLEM_MEDIA_TYPE)
    .send(endsAfterBody ? Readable.from(writeUntilBodyEnds(text, reply.request.raw)) : text);
}

function isBodyPending({ raw: { complete, headers } }: FastifyRequest): boolean {
  return !complete && (headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0);
}

/**
 * The whole response immediately, and its end after the request's body. The end closes the connection, and a client that
 * is still sending would miss the response otherwise.
 */
async function* writeUntilBodyEnds(text: string, request: IncomingMessage): AsyncIterable<string> {
  yield text;
  await finished(request.resume()).catch(() => undefined);
}

/** Errors of Fastify and of its schema validation. */
function mapFrameworkError(error: Error & Partial<FastifyError>): ProblemResponse | undefined {
  if (hasZodFastifySchemaValidationErrors(error)) {
    const subject = error.validationContext === 'querystring' ? 'The query' : 'The body';
    return createInvalidRequest(error.validation.map(describeViolation), subject);
  }
  if (error.code === 'FST_ERR_MAX_PARAM_LENGTH') return createNotFoundError().response;
  if (error.statusCode === 400)
    return createProblem('invalid-request', { detail: describeMalformedRequest(error) });
  if (error.statusCode === 413)
    return createProblem('too-large', { detail: 'The body is larger than this request may be.' });
  if (error.statusCode === 415)
    return createProblem('unsupported-media-type', {
      detail: 'This request does not accept a body of this content type.',
    });
  const { statusCode: status = 500 } = error;
  if (status < 400 || status > 499) return undefined;
  return createProblem('invalid-request', { status, detail: 'The request cannot be processed.' });
}

/** The detail continues a sentence that starts with the field's name. */
function describeViolation({
  instancePath,
  keyword,
  params,
  message = '',
}: FastifySchemaValidationError): FieldProblem {
  const pointer = instancePath === '/' ? '' : instancePath;
  const { keys } = params;
  if (keyword === 'unrecognized_keys' && Array.isArray(keys))
    return {
      pointer,
      detail: `cannot have ${keys.map((key) => String(key).slice(0, MAX_NAME_LENGTH)).join(', ')}`,
    };
  return { pointer, detail: message.replace(/^Invalid \w+/, 'is not valid') };
}

/** The shown length of the name of an unknown field. */
const MAX_NAME_LENGTH = 100;

/** Fixed texts, since a parser's message would quote the body. */
function describeMalformedRequest({ code }: Partial<FastifyError>): string {
  if (code === 'FST_ERR_CTP_EMPTY_JSON_BODY') return 'The body is empty, but its content type is JSON.';
  return code === 'FST_ERR_BAD_URL' ? 'The address is malformed.' : 'The body is not valid JSON.';
}

function reportInternalError(error: Error, request: FastifyRequest): ProblemResponse {
  request.log.error({ error }, 'the gateway failed');
  return createProblem('internal', { instance: `urn:uuid:${request.id}` });
}

/** Malformed and late requests are answered on the raw socket; Fastify has no request object yet. */
export function handleClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const { problem } = mapClientError(error.code);
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}\r\nConnection: close\r\n` +
      `Content-Type: ${PROBLEM_MEDIA_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function mapClientError(code: string | undefined): ProblemResponse {
  if (code === 'HPE_HEADER_OVERFLOW')
    return createProblem('too-large', { status: 431, detail: 'The headers are too large.' });
  return code === 'ERR_HTTP_REQUEST_TIMEOUT'
    ? createProblem('invalid-request', { status: 408, detail: 'The request did not arrive in time.' })
    : createProblem('invalid-request', { detail: 'This is not a valid HTTP request.' });
}
