import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type {
  FastifyError,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifySchemaValidationError,
} from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { invalid, knownAnswer } from './known-errors.js';
import { nothingHere } from './unknown-routes.js';
import { problemAnswer, PROBLEM_TYPE, type FieldProblem, type ProblemAnswer } from './problem.js';

/** Answers whatever goes wrong as a problem, without a stack; what is the gateway's own fault is logged. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => answerError(error, request, reply));
}

export function answerError(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const answer = knownAnswer(error) ?? refusedByFramework(error) ?? ownFault(error, request);
  if (answer.problem.status === 503) request.log.warn({ error }, 'a server does not answer');
  return sendProblem(reply, answer);
}

function sendProblem(reply: FastifyReply, { problem, headers }: ProblemAnswer): FastifyReply {
  const { connection, ...others } = headers;
  if (connection === 'close' && isSending(reply.request)) closeAfterBody(reply);
  else if (connection !== undefined) reply.header('connection', connection);
  return reply.code(problem.status).headers(others).type(PROBLEM_TYPE).send(JSON.stringify(problem));
}

function isSending({ raw: { complete, headers } }: FastifyRequest): boolean {
  return !complete && (headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0);
}

/** Closes the connection after the body: a client that is still sending when it closes never sees the answer. */
function closeAfterBody({ raw: response, request: { raw: request } }: FastifyReply): void {
  const close = (): void => {
    request.socket.destroySoon();
  };
  response.once('finish', () => {
    if (request.complete) close();
    else request.once('end', close).resume();
  });
}

/** What fastify itself refuses, or a schema. */
function refusedByFramework(error: Error & Partial<FastifyError>): ProblemAnswer | undefined {
  if (hasZodFastifySchemaValidationErrors(error)) {
    const whole = error.validationContext === 'querystring' ? 'The query' : 'The body';
    return invalid(error.validation.map(violation), whole);
  }
  if (error.code === 'FST_ERR_MAX_PARAM_LENGTH') return nothingHere().answer;
  if (error.statusCode === 400) return problemAnswer('invalid-request', { detail: whatIsMalformed(error) });
  if (error.statusCode === 413)
    return problemAnswer('too-large', { detail: 'The body is larger than this call takes.' });
  if (error.statusCode === 415)
    return problemAnswer('unsupported-media-type', {
      detail: 'This call takes no body of this content type.',
    });
  const { statusCode: status = 500 } = error;
  if (status < 400 || status > 499) return undefined;
  return problemAnswer('invalid-request', { status, detail: 'The request cannot be answered.' });
}

/** In words that go on from the field's name. */
function violation({
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
      detail: `cannot have ${keys.map((key) => String(key).slice(0, LONGEST_NAME)).join(', ')}`,
    };
  return { pointer, detail: message.replace(/^Invalid \w+/, 'is not valid') };
}

/** What is shown of the name of a field that does not exist. */
const LONGEST_NAME = 100;

/** In words of our own: a parser's would quote the body. */
function whatIsMalformed({ code }: Partial<FastifyError>): string {
  if (code === 'FST_ERR_CTP_EMPTY_JSON_BODY') return 'The body is empty, but its content type is JSON.';
  return code === 'FST_ERR_BAD_URL' ? 'The address is malformed.' : 'The body is not valid JSON.';
}

function ownFault(error: Error, request: FastifyRequest): ProblemAnswer {
  request.log.error({ error }, 'the gateway failed');
  return problemAnswer('internal', { instance: `urn:uuid:${request.id}` });
}

/** A request that is none, or not in time, is answered before there is a request to speak of. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const { problem } = unreadable(error.code);
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}\r\nConnection: close\r\n` +
      `Content-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function unreadable(code: string | undefined): ProblemAnswer {
  if (code === 'HPE_HEADER_OVERFLOW')
    return problemAnswer('too-large', { status: 431, detail: 'The headers are too large.' });
  return code === 'ERR_HTTP_REQUEST_TIMEOUT'
    ? problemAnswer('invalid-request', { status: 408, detail: 'The request did not arrive in time.' })
    : problemAnswer('invalid-request', { detail: 'This is not understood as an HTTP request.' });
}
