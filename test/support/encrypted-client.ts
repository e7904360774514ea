import { Client } from '@temporalio/client';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDataConverter, parsePayloadKeys } from '../../src/shared/encryption/index.js';
import type { RealEnvironment } from './real-environment.js';
import { type Signing, sendCheckNow, trackSigning, workflowIdOf } from './signing.js';

/** A new key, as of `openssl rand -base64 32`. */
export const generatePayloadKey = (): string => randomBytes(32).toString('base64');

/** Creates a client that encrypts and decrypts with these keys. */
export function createEncryptedClient(environment: RealEnvironment, keys: string): Client {
  const { connection, options } = environment.client;
  const dataConverter = createDataConverter(parsePayloadKeys(keys));
  return new Client({ connection, namespace: options.namespace, dataConverter });
}

/** Follows a started signing through this client. */
export function followWithClient(environment: RealEnvironment, client: Client, requestId: string): Signing {
  const handle = client.workflow.getHandle(workflowIdOf(requestId, environment.taskQueue));
  return trackSigning({
    fake: environment.fake,
    handle,
    requestId,
    pause: () => sleep(100),
    triggerPoll: () => sendCheckNow(handle),
  });
}
