import { PassThrough } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { BODY_TIMEOUT_MS } from './limits.js';
import { createProblem, ProblemError, createProblemError } from './problem.js';

/** Answers 408 where the body of a call does not arrive in time; for the routes of `app`, whose bodies are small. */
export function setBodyTimeout(app: FastifyInstance): void {
  app.addHook('preParsing', async (request, reply, payload) => {
    await Promise.resolve();
    if (request.method === 'GET') return payload;
    const body = new PassThrough();
    // Whoever reads it hears of the error; where the call takes no body, nobody reads it.
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
 * Reads JSON bodies as UTF-8 and as nothing else: where bytes are replaced, a customer's name loses letters. Refuses another
 * charset with 415 and bytes that are not UTF-8 with 400; for all routes of `app`.
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

/** A byte order mark at the beginning is no part of the text. */
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
    'The body must be JSON in UTF-8, and its charset says otherwise.',
  );
}

function invalidUtf8(): ProblemError {
  return createProblemError('invalid-request', 'The body is not encoded in UTF-8.');
}
