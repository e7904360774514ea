import type { SigningStatus } from '../../domain/status.js';
import { watchSigning, type SigningClient } from '../../client/index.js';

/** Who listens to a session. */
export interface StatusListener {
  /** Something has changed, or is new to this listener. */
  onStatus(status: SigningStatus): void;
  /** The session ended without an outcome, or cannot be followed any more; nothing else comes. */
  onError(error: unknown): void;
}

/** Sessions that somebody listens to: each is looked at once for all of its listeners. */
export interface StatusBroadcaster {
  /** Listens until the returned function is called, a final state has come, or the session cannot be followed. */
  subscribe(requestId: string, listener: StatusListener): () => void;
}

interface Channel {
  readonly listeners: Set<StatusListener>;
  readonly abort: AbortController;
  lastStatus: SigningStatus | undefined;
}

export function createStatusBroadcaster(client: SigningClient): StatusBroadcaster {
  const channels = new Map<string, Channel>();

  const broadcast = async (requestId: string, channel: Channel): Promise<void> => {
    try {
      for await (const observation of watchSigning(client, requestId, channel.abort.signal)) {
        // A server or worker that does not answer at the moment is waited for.
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
    const channel = {
      listeners: new Set<StatusListener>(),
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
