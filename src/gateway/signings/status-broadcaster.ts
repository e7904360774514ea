import { type SigningClient, watchSigning } from '../../client/index.js';
import type { SigningStatus } from '../../domain/status.js';

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

export function createStatusBroadcaster(client: SigningClient): StatusBroadcaster {
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
