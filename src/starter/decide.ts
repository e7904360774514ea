import type { Resolution } from '../domain/resolution.js';
import type { SigningStatus } from '../domain/status.js';
import { resolveUpdate } from '../workflows/messages.js';
import { NotPossibleError } from './errors.js';
import { askServer, askSession, lookUp, type Tenant } from './look-up.js';

/**
 * Sends a human's decision on a question. The question's id makes it idempotent: the session knows a decision that it has
 * taken, and an abort that has ended it is answered with its end. @throws NotPossibleError
 */
export async function decide(
  tenant: Tenant,
  requestId: string,
  resolution: Resolution,
): Promise<SigningStatus> {
  const { handle, open } = await lookUp(tenant, requestId);
  if (open)
    return askSession(tenant, requestId, () => handle.executeUpdate(resolveUpdate, { args: [resolution] }));
  const end = await askServer(tenant.client, requestId, () => handle.result() as Promise<SigningStatus>);
  if (isAbortOf(end, resolution)) return end;
  throw new NotPossibleError(`The signing ${requestId} has ended already.`);
}

function isAbortOf({ state, attention }: SigningStatus, { action, attentionId }: Resolution): boolean {
  return action === 'abort' && state === 'cancelled' && attention?.id === attentionId;
}
