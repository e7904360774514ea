import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { createHash } from 'node:crypto';
import { PassThrough, type Readable } from 'node:stream';
import { z } from 'zod';
import { type SigningClient, watchSigning } from '../../client/index.js';
import { type SigningStatus, isFinal } from '../../domain/status.js';
import { type Caller, type SigningClientFactory, assertOwnSigning, getCaller } from '../auth/caller.js';
import { mapError } from '../http/error-mapping.js';
import { EVENT_STREAM_KEEPALIVE_MS, EVENT_STREAM_RETRY_MS } from '../http/limits.js';
import { createProblem, describeProblemResponses } from '../http/problem.js';
import { NO_OUTCOME_PROBLEMS, SIGNING_PROBLEMS, SigningParams } from './signing-by-id.js';

/** The limit of setTimeout: with a longer time it fires immediately. No token is valid that long. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Describes one event; the response is a stream of them. */
const EventSchema = z.custom<Readable>().meta({
  type: 'object',
  properties: {
    event: { enum: ['status', 'problem'] },
    id: { type: 'string', description: 'Only with `status`: the value for Last-Event-ID.' },
    data: {
      type: 'string',
      contentMediaType: 'application/json',
      description: 'A SigningStatus or a Problem.',
    },
  },
  required: ['event', 'data'],
  additionalProperties: false,
});

const schema = {
  tags: ['signings'],
  operationId: 'followSigning',
  summary: 'Follow a signing',
  description:
    'Server-sent events. `status` has the whole status: the current one first, then every change, until a final state ' +
    'ends the stream. `problem` ends the stream if the signing ends without an outcome. To continue after a ' +
    'disconnection, reconnect with the last id as `Last-Event-ID`; 204 means that the stream has ended.',
  params: SigningParams,
  headers: z.object({
    'last-event-id': z.string().optional().describe('The `id` of the last event that the client received.'),
  }),
  response: {
    200: {
      description: 'The event stream.',
      headers: {},
      content: { 'text/event-stream': { schema: EventSchema } },
    },
    204: z.undefined().describe('The client has received the final state; no further events follow.'),
    ...describeProblemResponses(...SIGNING_PROBLEMS, ...NO_OUTCOME_PROBLEMS, 'no-worker'),
  },
};

/** Streams the progress of a signing. A stream ends when the gateway closes or the caller's token expires. */
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
      // Without this header a proxy may buffer the events.
      const headers = { 'x-accel-buffering': 'no', connection: 'close' };
      return reply.type('text/event-stream').headers(headers).send(stream);
    });
  };
}

function remainingTokenMs({ expiresAt = Infinity }: Caller): number {
  return Math.min(Math.max(0, expiresAt - Date.now()), MAX_TIMER_MS);
}

/** Identifies a status with its callback, so that a reconnecting client can name the last one that it received. */
export function computeEventId(status: SigningStatus): string {
  return createHash('sha256').update(JSON.stringify(status)).digest('base64url');
}

/**
 * Server-sent events of a signing: `current` first, unless the client has received it, then every change. Ends after a final
 * state or when its consumer ends it, and then unsubscribes. Source of the format: the HTML standard.
 */
export function createEventStream(
  broadcaster: StatusBroadcaster,
  current: SigningStatus,
  lastEventId: string | undefined,
): Readable & { end(): void } {
  const stream = new PassThrough();
  let lastSent = current;
  const sendStatus = (status: SigningStatus): void => {
    lastSent = status;
    stream.write(formatEvent('status', status, computeEventId(status)));
    if (isFinal(status.state)) stream.end();
  };

  stream.write(`retry: ${EVENT_STREAM_RETRY_MS}\n\n`);
  if (lastEventId !== computeEventId(current)) sendStatus(current);
  if (isFinal(current.state)) return stream;
  const unsubscribe = broadcaster.subscribe(current.requestId, {
    onStatus: (status) => {
      if (stream.writable && isNewer(status, lastSent)) sendStatus(status);
    },
    onError: (error) => {
      const { problem } = mapError(error) ?? createProblem('internal');
      if (stream.writable) stream.end(formatEvent('problem', problem));
    },
  });
  const keepalive = setInterval(() => {
    // If the client does not read at the moment, comments would only pile up.
    if (stream.writable && !stream.writableNeedDrain) stream.write(': still here\n\n');
  }, EVENT_STREAM_KEEPALIVE_MS);
  stream.on('close', () => {
    clearInterval(keepalive);
    unsubscribe();
  });
  return stream;
}

/** A poll that began earlier can end later; its status is not newer. */
function isNewer(status: SigningStatus, lastSent: SigningStatus): boolean {
  return status.updatedAt >= lastSent.updatedAt && JSON.stringify(status) !== JSON.stringify(lastSent);
}

function formatEvent(event: string, data: unknown, id?: string): string {
  const lines = [
    `event: ${event}`,
    ...(id === undefined ? [] : [`id: ${id}`]),
    `data: ${JSON.stringify(data)}`,
  ];
  return `${lines.join('\n')}\n\n`;
}

/** Receives the changes of one signing. */
interface StatusListener {
  /** Called for each change, and first with the latest known status. */
  onStatus(status: SigningStatus): void;
  /** Called once, last: the signing ended without an outcome or cannot be followed any longer. */
  onError(error: unknown): void;
}

/** Polls each signing once for all of its listeners. */
export interface StatusBroadcaster {
  /** Ends when the returned function is called, after a final state, or when the signing cannot be followed. */
  subscribe(requestId: string, listener: StatusListener): () => void;
}

interface Channel {
  readonly listeners: Set<StatusListener>;
  readonly abort: AbortController;
  lastStatus: SigningStatus | undefined;
}

function createStatusBroadcaster(client: SigningClient): StatusBroadcaster {
  const channels = new Map<string, Channel>();

  const broadcast = async (requestId: string, channel: Channel): Promise<void> => {
    try {
      for await (const observation of watchSigning(client, requestId, channel.abort.signal)) {
        // watchSigning waits for a server or worker that does not answer at the moment.
        if (!('status' in observation)) continue;
        channel.lastStatus = observation.status;
        for (const listener of channel.listeners) listener.onStatus(observation.status);
      }
    } catch (error) {
      for (const listener of channel.listeners) listener.onError(error);
    }
    if (channels.get(requestId) === channel) channels.delete(requestId);
  };

  const openChannel = (requestId: string): Channel => {
    const channel: Channel = {
      listeners: new Set(),
      abort: new AbortController(),
      lastStatus: undefined,
    };
    channels.set(requestId, channel);
    void broadcast(requestId, channel);
    return channel;
  };

  return {
    subscribe: (requestId, listener) => {
      const channel = channels.get(requestId) ?? openChannel(requestId);
      channel.listeners.add(listener);
      if (channel.lastStatus !== undefined) listener.onStatus(channel.lastStatus);
      return () => {
        channel.listeners.delete(listener);
        if (channel.listeners.size > 0) return;
        channel.abort.abort();
        if (channels.get(requestId) === channel) channels.delete(requestId);
      };
    },
  };
}
