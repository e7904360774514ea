import type { LoadedDataConverter, Payload, ProtoFailure } from '@temporalio/common';
import { decodePayloads } from '../shared/encryption/payload-codec.js';
import { EVENT_DECODERS, type PayloadDecoder, type RawEvent, toIsoTime } from './event-decoders.js';
import type { HistoryContent, HistoryEvent } from './history-event.js';

/** The events of a history that are evidence, in their order. @throws UnreadablePayloadError if a key is missing */
export async function decodeHistory(
  events: readonly RawEvent[],
  converter: LoadedDataConverter,
): Promise<HistoryEvent[]> {
  const decoder = createPayloadDecoder(converter);
  const decoded: HistoryEvent[] = [];
  for (const event of events) {
    const content = await decodeContent(event, decoder);
    if (content !== undefined)
      decoded.push({ id: Number(event.eventId), at: toIsoTime(event.eventTime), ...content });
  }
  return decoded;
}

function createPayloadDecoder(converter: LoadedDataConverter): PayloadDecoder {
  const decode = (payloads: Payload[]) => decodePayloads(converter, payloads);
  return {
    values: (payloads) => decode(payloads?.payloads ?? []),
    failure: async (failure) => (failure == null ? null : decodeFailure(failure, decode)),
  };
}

async function decodeFailure(failure: ProtoFailure, decode: (payloads: Payload[]) => Promise<unknown[]>) {
  const { applicationFailureInfo: info, encodedAttributes } = failure;
  // With payload keys the message of a failure is in a payload.
  const [encrypted] = await decode(encodedAttributes == null ? [] : [encodedAttributes]);
  const [details] = await decode(info?.details?.payloads ?? []);
  return {
    type: info?.type ?? 'Timeout',
    message: (encrypted as { message?: string } | undefined)?.message ?? failure.message ?? '',
    status: (details as { status?: number } | null | undefined)?.status ?? null,
  };
}

async function decodeContent(event: RawEvent, decoder: PayloadDecoder): Promise<HistoryContent | undefined> {
  for (const key of Object.keys(EVENT_DECODERS) as (keyof RawEvent)[]) {
    const attributes = event[key];
    if (attributes != null) return EVENT_DECODERS[key]?.(attributes as never, decoder);
  }
  return undefined;
}
