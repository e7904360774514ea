import type { LoadedDataConverter, Payload, ProtoFailure } from '@temporalio/common';
import { decodePayloads } from '../payloads.js';
import { EVENT_READERS, type Decoding, type RawEvent } from './event-readers.js';
import { isoTime } from './iso-time.js';
import type { HistoryContent, HistoryEvent } from './history-event.js';

/** The events of a history that are evidence, in their order. @throws UnreadablePayloadError where a key is missing */
export async function decodeHistory(
  events: readonly RawEvent[],
  converter: LoadedDataConverter,
): Promise<HistoryEvent[]> {
  const decoding = createDecoding(converter);
  const decoded: HistoryEvent[] = [];
  for (const event of events) {
    const content = await contentOf(event, decoding);
    if (content !== undefined)
      decoded.push({ id: Number(event.eventId), at: isoTime(event.eventTime), ...content });
  }
  return decoded;
}

function createDecoding(converter: LoadedDataConverter): Decoding {
  const decode = (payloads: Payload[]) => decodePayloads(converter, payloads);
  return {
    values: (payloads) => decode(payloads?.payloads ?? []),
    failure: async (failure) => (failure == null ? null : readFailure(failure, decode)),
  };
}

async function readFailure(failure: ProtoFailure, decode: (payloads: Payload[]) => Promise<unknown[]>) {
  const { applicationFailureInfo: known, encodedAttributes } = failure;
  // With payload keys a failure's words stand in a payload.
  const [hidden] = await decode(encodedAttributes == null ? [] : [encodedAttributes]);
  const [details] = await decode(known?.details?.payloads ?? []);
  return {
    type: known?.type ?? 'Timeout',
    message: (hidden as { message?: string } | undefined)?.message ?? failure.message ?? '',
    status: (details as { status?: number } | null | undefined)?.status ?? null,
  };
}

async function contentOf(event: RawEvent, decoding: Decoding): Promise<HistoryContent | undefined> {
  for (const key of Object.keys(EVENT_READERS) as (keyof RawEvent)[]) {
    const attributes = event[key];
    if (attributes != null) return EVENT_READERS[key]?.(attributes as never, decoding);
  }
  return undefined;
}
