import { PassThrough } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { BODY_ARRIVES_MS } from './limits.js';
import { problemAnswer, ProblemError } from './problem.js';

/** Answers 408 where the body of a call does not arrive in time; for the routes of `app`, whose bodies are small. */
export function limitBodyTime(app: FastifyInstance): void {
  app.addHook('preParsing', async (request, reply, payload) => {
    await Promise.resolve();
    if (request.method === 'GET') return payload;
    const body = new PassThrough();
    // Whoever reads it hears of the error; where the call takes no body, nobody reads it.
    body.on('error', () => undefined);
    const timer = setTimeout(() => body.destroy(tooSlow()), BODY_ARRIVES_MS);
    const stop = (): void => {
      clearTimeout(timer);
    };
    payload.on('error', (error) => body.destroy(error)).on('end', stop);
    reply.raw.on('close', stop);
    return payload.pipe(body);
  });
}

function tooSlow(): ProblemError {
  return new ProblemError(
    problemAnswer('invalid-request', { status: 408, detail: 'The body did not arrive in time.' }),
  );
}
