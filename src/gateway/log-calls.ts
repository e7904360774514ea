import type { FastifyInstance } from 'fastify';

/** One line for every call: who made it and how it ended. Never an address or body, which can hold personal data. */
export function logCalls(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    request.log.info(
      {
        call: `${request.method} ${request.routeOptions.url ?? '(unknown)'}`,
        caller: request.caller?.identity,
        status: reply.statusCode,
        milliseconds: Math.round(reply.elapsedTime),
      },
      'call answered',
    );
    await Promise.resolve();
  });
}
