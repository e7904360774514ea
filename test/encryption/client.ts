import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import { createDataConverter, parsePayloadKeys } from '../../src/encryption/index.js';
import type { RealWorld } from '../support/real-world.js';
import { follow, hint, type Signing, workflowIdOf } from '../support/signing.js';

/** A client of this world that encrypts and decrypts with these keys. */
export function clientWith(world: RealWorld, keys: string): Client {
  const { connection, options } = world.client;
  const dataConverter = createDataConverter(parsePayloadKeys(keys));
  return new Client({ connection, namespace: options.namespace, dataConverter });
}

/** Follows a started signing through a client of its own. */
export function followWith(world: RealWorld, client: Client, requestId: string): Signing {
  const handle = client.workflow.getHandle(workflowIdOf(requestId, world.taskQueue));
  return follow({
    fake: world.fake,
    handle,
    requestId,
    pause: () => sleep(100),
    look: () => hint(handle),
  });
}
