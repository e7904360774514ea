import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { limitBodyTime } from '../body-time.js';
import { eventRoute } from './events.js';
import { listRoute } from './list.js';
import { sessionRoutes } from './session.js';
import { startRoute, type StartOptions } from './start.js';

/** Everything about signings. */
export function signingRoutes(options: StartOptions): FastifyPluginAsyncZod {
  const { signingsOf } = options;
  return async (app) => {
    limitBodyTime(app);
    await app.register(startRoute(options));
    await app.register(listRoute(signingsOf));
    await app.register(sessionRoutes(signingsOf));
    await app.register(eventRoute(signingsOf));
  };
}
