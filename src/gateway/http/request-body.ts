import type { FastifyInstance } from 'fastify';
import { PassThrough } from 'node:stream';
import { BODY_TIMEOUT_MS } from './limits.js';
import { ProblemError, createProblem, createProblemError } from './problem.js';

/** Answers 408 if the body of a request does not arrive in time; for the routes of `app`, whose bodies are small. */
export function setBodyTimeout(app: FastifyInstance): void {
  app.addHook('preParsing', async (request, reply, payload) => {
    await Promise.resolve();
    if (request.method === 'GET') return payload;
    const body = new PassThrough();
    // A reader gets the error; a route without a body has no reader.
    body.on('error', () => undefined);
    const timer = setTimeout(() => body.destroy(bodyTimedOut()), BODY_TIMEOUT_MS);
    const clear = (): void => {
      clearTimeout(timer);
    };
    payload.on('error', (error) => body.destroy(error)).on('end', clear);
    reply.raw.on('close', clear);
    return payload.pipe(body);
  });
}

function bodyTimedOut(): ProblemError {
  return new ProblemError(
    createProblem('invalid-request', { status: 408, detail: 'The body did not arrive in time.' }),
  );
}

/**
 * Reads JSON bodies as strict UTF-8, since replaced bytes would garble a customer's name. Rejects another charset with 415 and
 * invalid UTF-8 with 400; for all routes of `app`.
 */
export function readJsonAsUtf8(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const [, charset = 'utf-8'] = CHARSET.exec(request.headers['content-type'] ?? '') ?? [];
    const text = decodeUtf8(body as Buffer);
    if (!/^utf-?8$/i.test(charset)) done(unsupportedCharset());
    else if (text === undefined) done(invalidUtf8());
    else void parse(request, text, done);
  });
}

const CHARSET = /;\s*charset\s*=\s*"?([^";\s]*)/i;

/** Ignores a byte order mark. */
function decodeUtf8(body: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}

function unsupportedCharset(): ProblemError {
  return createProblemError(
    'unsupported-media-type',
    'The body must be JSON in UTF-8, but its content type names another charset.',
  );
}

function invalidUtf8(): ProblemError {
  return createProblemError('invalid-request', 'The body is not encoded in UTF-8.');
}
