import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import { createDataConverter, parsePayloadKeys } from '../../src/shared/encryption/index.js';
import type { RealEnvironment } from './real-environment.js';
import { trackSigning, sendCheckNow, type Signing, workflowIdOf } from './signing.js';

/** A key as `openssl rand -base64 32` makes it. */
export const generatePayloadKey = (): string => randomBytes(32).toString('base64');

/** A client of this world that encrypts and decrypts with these keys. */
export function createEncryptedClient(world: RealEnvironment, keys: string): Client {
  const { connection, options } = world.client;
  const dataConverter = createDataConverter(parsePayloadKeys(keys));
  return new Client({ connection, namespace: options.namespace, dataConverter });
}

/** Follows a started signing through a client of its own. */
export function followWithClient(world: RealEnvironment, client: Client, requestId: string): Signing {
  const handle = client.workflow.getHandle(workflowIdOf(requestId, world.taskQueue));
  return trackSigning({
    fake: world.fake,
    handle,
    requestId,
    pause: () => sleep(100),
    triggerPoll: () => sendCheckNow(handle),
  });
}
