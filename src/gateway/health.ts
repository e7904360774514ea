import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { jsonResponse, problemResponses } from './responses.js';

const Health = z.object({ status: z.literal('ok') });

/** For whoever watches the process: `isReady` rejects where the gateway could not serve. No key is needed. */
export function healthRoutes(isReady: () => Promise<void>): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/healthz',
      {
        schema: {
          tags: ['health'],
          operationId: 'isAlive',
          summary: 'Whether the process lives',
          security: [],
          response: { 200: jsonResponse('It lives.', Health) },
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
          response: { 200: jsonResponse('It answers.', Health), ...problemResponses('no-server') },
        },
      },
      async () => {
        await isReady();
        return { status: 'ok' as const };
      },
    );
    await Promise.resolve();
  };
}
