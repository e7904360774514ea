import type { Client } from '@temporalio/client';
import type { Resolution } from '../domain/resolution.js';
import type { SigningStatus } from '../domain/status.js';
import { resolveUpdate, statusQuery } from '../workflows/messages.js';
import { askSession, lookUpOpen } from './look-up.js';

/**
 * Sends a human's decision under an id made of the decision and the question it answers. An update whose answer was lost
 * may still be carried out; sent again under the same id it is not carried out twice, and a `retry` meant for one unclear
 * call can never answer for the next.
 */
export async function decideOnce(
  client: Client,
  requestId: string,
  resolution: Resolution,
): Promise<SigningStatus> {
  const { handle } = await lookUpOpen(client, requestId);
  const { updatedAt } = await askSession(client, requestId, () => handle.query(statusQuery));
  const updateId = `resolve-${resolution.action}-${updatedAt}`;
  return askSession(client, requestId, () =>
    handle.executeUpdate(resolveUpdate, { args: [resolution], updateId }),
  );
}
