import type { Readable } from 'node:stream';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { isFinal } from '../../domain/status.js';
import { callerOf, type Caller } from '../caller.js';
import { problemResponses } from '../responses.js';
import { requireOwnSession, type SigningsOf } from './access.js';
import { createEventStream, eventId } from './event-stream.js';
import { ENDED_WITHOUT, SESSION_PROBLEMS, SessionParams } from './session.js';
import { createSessionWatches } from './session-watches.js';

/** Beyond it a timer would ring at once; no token lasts so long. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** One event. What is sent is a stream of them, and so the type. */
const EventDescription = z.custom<Readable>().meta({
  type: 'object',
  properties: {
    event: { enum: ['status', 'problem'] },
    id: { type: 'string', description: 'Of a `status`: for Last-Event-ID.' },
    data: { type: 'string', contentMediaType: 'application/json', description: 'SigningStatus, or Problem.' },
  },
  required: ['event', 'data'],
  additionalProperties: false,
});

const schema = {
  tags: ['signings'],
  operationId: 'followSigning',
  summary: 'Follow a signing',
  description:
    'Server-sent events: `status`, whose data is the whole state; the current one first, then every change, until a ' +
    'final state ends the stream. Where the session ends without an outcome, `problem` with its problem. A client that ' +
    'was cut off names the last id it saw as Last-Event-ID, and is not sent that state again.',
  params: SessionParams,
  headers: z.object({ 'last-event-id': z.string().optional().describe('The `id` of the last event seen.') }),
  response: {
    200: {
      description: 'The stream.',
      headers: {},
      content: { 'text/event-stream': { schema: EventDescription } },
    },
    204: z.undefined().describe('The client has seen the final state: there is nothing more to come.'),
    ...problemResponses(...SESSION_PROBLEMS, ...ENDED_WITHOUT, 'no-worker'),
  },
};

/** The progress of one session, live. The streams end when the gateway closes and when the caller's token does. */
export function eventRoute(signingsOf: SigningsOf): FastifyPluginAsyncZod {
  const watches = createSessionWatches(signingsOf({ identity: 'gateway' }));
  const open = new Set<ReturnType<typeof createEventStream>>();
  return async (app) => {
    await Promise.resolve();
    app.addHook('preClose', async () => {
      for (const stream of open) stream.end();
      await Promise.resolve();
    });
    app.get('/signings/:requestId/events', { schema, exposeHeadRoute: false }, async (request, reply) => {
      const { requestId } = request.params;
      const caller = callerOf(request);
      const signings = signingsOf(caller);
      await requireOwnSession(signings, caller, requestId);
      const current = await signings.status(requestId);
      const lastEventId = request.headers['last-event-id'];
      if (isFinal(current.state) && lastEventId === eventId(current)) return reply.code(204).send();

      const stream = createEventStream(watches, current, lastEventId);
      const expiry = setTimeout(() => {
        stream.end();
      }, timeLeft(caller));
      open.add(stream);
      stream.on('close', () => {
        clearTimeout(expiry);
        open.delete(stream);
      });
      // A proxy that gathered the events would hold them back.
      const headers = { 'x-accel-buffering': 'no', connection: 'close' };
      return reply.type('text/event-stream').headers(headers).send(stream);
    });
  };
}

function timeLeft({ expiresAt = Infinity }: Caller): number {
  return Math.min(Math.max(0, expiresAt - Date.now()), LONGEST_TIMER_MS);
}
