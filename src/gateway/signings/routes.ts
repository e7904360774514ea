import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { type SigningClientFactory, getCaller, resolveEmployeeId } from '../auth/caller.js';
import { describeJsonResponse, describeProblemResponses } from '../http/problem.js';
import { setBodyTimeout } from '../http/request-body.js';
import { eventsRoute } from './events.js';
import { ListFilter, ListPage } from './schemas.js';
import { signingByIdRoutes } from './signing-by-id.js';
import { type StartOptions, startRoute } from './start.js';

const listSchema = {
  tags: ['signings'],
  operationId: 'listSignings',
  summary: 'List signings',
  description:
    'Open signings first, by the newest start; then ended ones, by the latest end. Changes of the last seconds may be ' +
    'missing. A page can be shorter than its limit although another page follows.',
  querystring: ListFilter,
  response: {
    200: describeJsonResponse('A page of the list.', ListPage),
    ...describeProblemResponses('invalid-request', 'unauthorized', 'forbidden', 'internal', 'no-server'),
  },
};

function listRoute(clientFor: SigningClientFactory): FastifyPluginAsyncZod {
  return async (app) => {
    await Promise.resolve();
    app.get('/signings', { schema: listSchema }, async (request) => {
      const caller = getCaller(request);
      const employeeId = resolveEmployeeId(caller, request.query.employeeId);
      return clientFor(caller).listPage({ ...request.query, employeeId });
    });
  };
}

/** All routes of signings. */
export function signingRoutes(options: StartOptions): FastifyPluginAsyncZod {
  const { clientFor } = options;
  return async (app) => {
    setBodyTimeout(app);
    await app.register(startRoute(options));
    await app.register(listRoute(clientFor));
    await app.register(signingByIdRoutes(clientFor));
    await app.register(eventsRoute(clientFor));
  };
}
