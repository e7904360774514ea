import type { Readable } from 'node:stream';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { isFinal } from '../../domain/status.js';
import { getCaller, type Caller } from '../auth/caller.js';
import { describeProblemResponses } from '../http/response-schemas.js';
import { assertOwnSigning, type SigningClientFactory } from './authorization.js';
import { createEventStream, computeEventId } from './event-stream.js';
import { NO_OUTCOME_PROBLEMS, SIGNING_PROBLEMS, SigningParams } from './signing-by-id.js';
import { createStatusBroadcaster } from './status-broadcaster.js';

/** Beyond it a timer would ring at once; no token lasts so long. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** One event. What is sent is a stream of them, and so the type. */
const EventSchema = z.custom<Readable>().meta({
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
  params: SigningParams,
  headers: z.object({ 'last-event-id': z.string().optional().describe('The `id` of the last event seen.') }),
  response: {
    200: {
      description: 'The stream.',
      headers: {},
      content: { 'text/event-stream': { schema: EventSchema } },
    },
    204: z.undefined().describe('The client has seen the final state: there is nothing more to come.'),
    ...describeProblemResponses(...SIGNING_PROBLEMS, ...NO_OUTCOME_PROBLEMS, 'no-worker'),
  },
};

/** The progress of one session, live. The streams end when the gateway closes and when the caller's token does. */
export function eventsRoute(clientFor: SigningClientFactory): FastifyPluginAsyncZod {
  const broadcaster = createStatusBroadcaster(clientFor({ identity: 'gateway' }));
  const openStreams = new Set<ReturnType<typeof createEventStream>>();
  return async (app) => {
    await Promise.resolve();
    app.addHook('preClose', async () => {
      for (const stream of openStreams) stream.end();
      await Promise.resolve();
    });
    app.get('/signings/:requestId/events', { schema, exposeHeadRoute: false }, async (request, reply) => {
      const { requestId } = request.params;
      const caller = getCaller(request);
      const client = clientFor(caller);
      await assertOwnSigning(client, caller, requestId);
      const status = await client.status(requestId);
      const lastEventId = request.headers['last-event-id'];
      if (isFinal(status.state) && lastEventId === computeEventId(status)) return reply.code(204).send();

      const stream = createEventStream(broadcaster, status, lastEventId);
      const expiry = setTimeout(() => {
        stream.end();
      }, remainingTokenMs(caller));
      openStreams.add(stream);
      stream.on('close', () => {
        clearTimeout(expiry);
        openStreams.delete(stream);
      });
      // A proxy that gathered the events would hold them back.
      const headers = { 'x-accel-buffering': 'no', connection: 'close' };
      return reply.type('text/event-stream').headers(headers).send(stream);
    });
  };
}

function remainingTokenMs({ expiresAt = Infinity }: Caller): number {
  return Math.min(Math.max(0, expiresAt - Date.now()), MAX_TIMER_MS);
}
