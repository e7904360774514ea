import type { LoadedDataConverter, Payload } from '@temporalio/common';

/** What payloads hold, decoded as the client decodes. @throws UnreadablePayloadError where a key is missing */
export async function decodePayloads(
  { payloadCodecs, payloadConverter }: LoadedDataConverter,
  payloads: readonly Payload[] | null | undefined,
): Promise<unknown[]> {
  let decoded = [...(payloads ?? [])];
  for (const codec of [...payloadCodecs].reverse()) decoded = await codec.decode(decoded);
  return decoded.map((payload) => payloadConverter.fromPayload(payload));
}
