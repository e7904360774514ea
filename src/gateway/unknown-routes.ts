import type { FastifyInstance, FastifyRequest } from 'fastify';
import { refusal, type ProblemError } from './problem.js';

/** Answers calls that no route takes: 405 where the address knows other methods, else 404. Before the routes are added. */
export function answerUnknownRoutes(app: FastifyInstance): void {
  const known: { readonly parts: readonly string[]; readonly methods: readonly string[] }[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    known.push({ parts: url.split('/'), methods: [method].flat() });
  });
  const unknown = ({ url }: FastifyRequest): ProblemError => {
    const parts = (url.split('?')[0] ?? '').split('/');
    const methods = known.filter((route) => fits(route.parts, parts)).flatMap((route) => route.methods);
    // It needs no key to come here, so the connection ends as one without a key does.
    if (methods.length === 0) return nothingHere();
    const allow = [...new Set(methods)].join(', ');
    return refusal('method-not-allowed', `This address knows only ${allow}.`, {
      allow,
      connection: 'close',
    });
  };
  // Before anything is said of a body that nobody would read.
  app.addHook('onRequest', async (request) => {
    if (request.is404) throw unknown(request);
    await Promise.resolve();
  });
  app.setNotFoundHandler((request) => {
    throw unknown(request);
  });
}

/** No route takes this address, or a part of it is longer than any route's can be. */
export function nothingHere(): ProblemError {
  return refusal('not-found', 'There is nothing at this address.', { connection: 'close' });
}

function fits(route: readonly string[], parts: readonly string[]): boolean {
  return (
    route.length === parts.length &&
    route.every((part, index) => (part.startsWith(':') ? parts[index] !== '' : part === parts[index]))
  );
}
