import type { FastifyInstance } from 'fastify';
import { refusal, type ProblemError } from './problem.js';

/**
 * Reads JSON bodies as UTF-8 and as nothing else: where bytes are replaced, a customer's name loses letters. Refuses another
 * charset with 415 and bytes that are not UTF-8 with 400; for all routes of `app`.
 */
export function readJsonAsUtf8(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const [, charset = 'utf-8'] = CHARSET.exec(request.headers['content-type'] ?? '') ?? [];
    const text = decoded(body as Buffer);
    if (!/^utf-?8$/i.test(charset)) done(notUtf8Charset());
    else if (text === undefined) done(notUtf8());
    else void parse(request, text, done);
  });
}

const CHARSET = /;\s*charset\s*=\s*"?([^";\s]*)/i;

/** A byte order mark at the beginning is no part of the text. */
function decoded(body: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}

function notUtf8Charset(): ProblemError {
  return refusal('unsupported-media-type', 'The body must be JSON in UTF-8, and its charset says otherwise.');
}

function notUtf8(): ProblemError {
  return refusal('invalid-request', 'The body is not encoded in UTF-8.');
}
