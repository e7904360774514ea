import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { limitBodyTime } from '../body-time.js';
import type { SigningsOf } from './access.js';
import { eventRoute } from './events.js';
import { listRoute } from './list.js';
import { sessionRoutes } from './session.js';
import { startRoute } from './start.js';

/** Everything about signings. */
export function signingRoutes(signingsOf: SigningsOf, documentRoot: string): FastifyPluginAsyncZod {
  return async (app) => {
    limitBodyTime(app);
    await app.register(startRoute(signingsOf, documentRoot));
    await app.register(listRoute(signingsOf));
    await app.register(sessionRoutes(signingsOf));
    await app.register(eventRoute(signingsOf));
  };
}
