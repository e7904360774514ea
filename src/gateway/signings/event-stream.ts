import { createHash } from 'node:crypto';
import { PassThrough, type Readable } from 'node:stream';
import { isFinal, type SigningStatus } from '../../domain/status.js';
import { mapError } from '../http/error-mapping.js';
import { EVENT_STREAM_RETRY_MS, EVENT_STREAM_KEEPALIVE_MS } from '../http/limits.js';
import { createProblem } from '../http/problem.js';
import type { StatusBroadcaster } from './status-broadcaster.js';

/** Names what a stream showed, callback included, so that a client that was cut off can say what it saw last. */
export function computeEventId(status: SigningStatus): string {
  return createHash('sha256').update(JSON.stringify(status)).digest('base64url');
}

/**
 * Server-sent events of a session: `current` first, unless the client has seen it, then every change. Ends after a final
 * state or when it is ended; stops listening then. Source of the format: the HTML standard.
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
    // Nobody reads at the moment: what is written would only pile up.
    if (stream.writable && !stream.writableNeedDrain) stream.write(': still here\n\n');
  }, EVENT_STREAM_KEEPALIVE_MS);
  stream.on('close', () => {
    clearInterval(keepalive);
    unsubscribe();
  });
  return stream;
}

/** A look that began earlier can end later: what it saw is no news. */
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
