import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { describeJsonResponse, describeProblemResponses } from './http/problem.js';

const Health = z.object({ status: z.literal('ok') });

/** Liveness and readiness, without a key. `checkReadiness` rejects if the gateway cannot serve requests. */
export function healthRoutes(checkReadiness: () => Promise<void>): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/healthz',
      {
        schema: {
          tags: ['health'],
          operationId: 'isAlive',
          summary: 'Whether the process is alive',
          security: [],
          response: { 200: describeJsonResponse('The process is alive.', Health) },
        },
      },
      () => ({ status: 'ok' as const }),
    );
    app.get(
      '/readyz',
      {
        schema: {
          tags: ['health'],
          operationId: 'isReady',
          summary: 'Whether the Temporal server answers',
          security: [],
          response: {
            200: describeJsonResponse('The Temporal server answers.', Health),
            ...describeProblemResponses('no-server'),
          },
        },
      },
      async () => {
        await checkReadiness();
        return { status: 'ok' as const };
      },
    );
    await Promise.resolve();
  };
}
