import { createHash } from 'node:crypto';
import { PassThrough, type Readable } from 'node:stream';
import { isFinal, type SigningStatus } from '../../domain/status.js';
import { knownAnswer } from '../known-errors.js';
import { RECONNECT_MS, SIGN_OF_LIFE_MS } from '../limits.js';
import { problemAnswer } from '../problem.js';
import type { SessionWatches } from './session-watches.js';

/** Names what a stream showed, callback included, so that a client that was cut off can say what it saw last. */
export function eventId(status: SigningStatus): string {
  return createHash('sha256').update(JSON.stringify(status)).digest('base64url');
}

/**
 * Server-sent events of a session: `current` first, unless the client has seen it, then every change. Ends after a final
 * state or when it is ended; stops listening then. Source of the format: the HTML standard.
 */
export function createEventStream(
  watches: SessionWatches,
  current: SigningStatus,
  lastEventId: string | undefined,
): Readable & { end(): void } {
  const stream = new PassThrough();
  let seen = current;
  const show = (status: SigningStatus): void => {
    seen = status;
    stream.write(eventText('status', status, eventId(status)));
    if (isFinal(status.state)) stream.end();
  };

  stream.write(`retry: ${RECONNECT_MS}\n\n`);
  if (lastEventId !== eventId(current)) show(current);
  if (isFinal(current.state)) return stream;
  const leave = watches.listen(current.requestId, {
    changed: (status) => {
      if (stream.writable && isNews(status, seen)) show(status);
    },
    failed: (error) => {
      const { problem } = knownAnswer(error) ?? problemAnswer('internal');
      if (stream.writable) stream.end(eventText('problem', problem));
    },
  });
  const signs = setInterval(() => {
    // Nobody reads at the moment: what is written would only pile up.
    if (stream.writable && !stream.writableNeedDrain) stream.write(': still here\n\n');
  }, SIGN_OF_LIFE_MS);
  stream.on('close', () => {
    clearInterval(signs);
    leave();
  });
  return stream;
}

/** A look that began earlier can end later: what it saw is no news. */
function isNews(status: SigningStatus, seen: SigningStatus): boolean {
  return status.updatedAt >= seen.updatedAt && JSON.stringify(status) !== JSON.stringify(seen);
}

function eventText(event: string, data: unknown, id?: string): string {
  const lines = [
    `event: ${event}`,
    ...(id === undefined ? [] : [`id: ${id}`]),
    `data: ${JSON.stringify(data)}`,
  ];
  return `${lines.join('\n')}\n\n`;
}
