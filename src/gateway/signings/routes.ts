import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { SigningClient } from '../../starter/index.js';
import { callerOf, type Caller } from '../caller.js';
import { problemResponses } from '../responses.js';

const Started = z.object({ requestId: z.string(), workflowId: z.string(), created: z.boolean() });

export interface SigningRoutes {
  readonly signingsOf: (caller: Caller) => SigningClient;
}

/** Everything about signings. */
export function signingRoutes({ signingsOf }: SigningRoutes): FastifyPluginAsyncZod {
  return async (app) => {
    app.post(
      '/signings',
      {
        schema: {
          tags: ['signings'],
          operationId: 'startSigning',
          summary: 'Start a signing, once',
          response: {
            200: Started.describe('The same request was started before; nothing new has happened.'),
            201: Started.describe('It is started.'),
            ...problemResponses('invalid-request', 'unauthorized', 'conflict', 'no-server'),
          },
        },
      },
      async (request, reply) => {
        const started = await signingsOf(callerOf(request)).start(request.body);
        return reply
          .code(started.created ? 201 : 200)
          .header('location', `/signings/${encodeURIComponent(started.requestId)}`)
          .send(started);
      },
    );
    await Promise.resolve();
  };
}
