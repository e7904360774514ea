import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { callerOf } from '../caller.js';
import { jsonResponse, problemResponses } from '../responses.js';
import { ownEmployee, type SigningsOf } from './access.js';
import { Filter, Page } from './schemas.js';

const schema = {
  tags: ['signings'],
  operationId: 'listSignings',
  summary: 'List signings',
  description:
    'Open ones first, the newest start first among them; then those that have ended, the latest end first. What has ' +
    'happened in the last seconds may be missing. A page can be shorter than its limit, and still there is a next one.',
  querystring: Filter,
  response: {
    200: jsonResponse('A page of the list.', Page),
    ...problemResponses('invalid-request', 'unauthorized', 'forbidden', 'internal', 'no-server'),
  },
};

export function listRoute(signingsOf: SigningsOf): FastifyPluginAsyncZod {
  return async (app) => {
    await Promise.resolve();
    app.get('/signings', { schema }, async (request) => {
      const caller = callerOf(request);
      const employeeId = ownEmployee(caller, request.query.employeeId);
      return signingsOf(caller).listPage({ ...request.query, employeeId });
    });
  };
}
