import type { FastifyInstance } from 'fastify';
import { refusal } from './problem.js';

/** Answers calls that no route takes: 405 where the address knows other methods, else 404. Before the routes are added. */
export function answerUnknownRoutes(app: FastifyInstance): void {
  const known: { readonly parts: readonly string[]; readonly methods: readonly string[] }[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    known.push({ parts: url.split('/'), methods: [method].flat() });
  });
  app.setNotFoundHandler((request) => {
    const parts = (request.url.split('?')[0] ?? '').split('/');
    const methods = known.filter((route) => fits(route.parts, parts)).flatMap((route) => route.methods);
    if (methods.length === 0) throw refusal('not-found', 'There is nothing at this address.');
    const allow = [...new Set(methods)].join(', ');
    throw refusal('method-not-allowed', `This address knows only ${allow}.`, { allow });
  });
}

function fits(route: readonly string[], parts: readonly string[]): boolean {
  return (
    route.length === parts.length &&
    route.every((part, index) => (part.startsWith(':') ? parts[index] !== '' : part === parts[index]))
  );
}
