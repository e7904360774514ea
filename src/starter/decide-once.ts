import type { Resolution } from '../domain/resolution.js';
import type { SigningStatus } from '../domain/status.js';
import { resolveUpdate, statusQuery } from '../workflows/messages.js';
import { askSession, lookUpOpen, type Tenant } from './look-up.js';

/**
 * Sends a human's decision under an id made of the decision and the question it answers. An update whose answer was lost
 * may still be carried out; sent again under the same id it is not carried out twice, and a `retry` meant for one unclear
 * call can never answer for the next.
 */
export async function decideOnce(
  tenant: Tenant,
  requestId: string,
  resolution: Resolution,
): Promise<SigningStatus> {
  const { handle } = await lookUpOpen(tenant, requestId);
  const { updatedAt } = await askSession(tenant, requestId, () => handle.query(statusQuery));
  const updateId = `resolve-${resolution.action}-${updatedAt}`;
  return askSession(tenant, requestId, () =>
    handle.executeUpdate(resolveUpdate, { args: [resolution], updateId }),
  );
}
