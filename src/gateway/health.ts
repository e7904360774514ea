import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { describeJsonResponse, describeProblemResponses } from './http/problem.js';

const Health = z.object({ status: z.literal('ok') });

/** For whoever watches the process: `isReady` rejects where the gateway could not serve. No key is needed. */
export function healthRoutes(checkReadiness: () => Promise<void>): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/healthz',
      {
        schema: {
          tags: ['health'],
          operationId: 'isAlive',
          summary: 'Whether the process lives',
          security: [],
          response: { 200: describeJsonResponse('It lives.', Health) },
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
            200: describeJsonResponse('It answers.', Health),
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
