import { join } from 'node:path';
import type { DataConverter } from '@temporalio/common';
import { createPayloadCodec } from './payload-codec.js';
import type { PayloadKey } from './payload-keys.js';

/** The module of the failure converter, for the bundler too. */
export const FAILURE_CONVERTER_PATH = join(__dirname, 'failure-converter.js');

/**
 * What worker and clients give to Temporal's SDK. Without keys nothing is encrypted, and what others have encrypted is
 * refused in one clear sentence (`UnreadablePayloadError`).
 */
export function createDataConverter(keys: readonly PayloadKey[]): DataConverter {
  return {
    payloadCodecs: [createPayloadCodec(keys)],
    ...(keys.length === 0 ? {} : { failureConverterPath: FAILURE_CONVERTER_PATH }),
  };
}
