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
  try {
    if (open)
      return await askSession(tenant, requestId, () =>
        handle.executeUpdate(resolveUpdate, { args: [resolution] }),
      );
  } catch (error) {
    // The same abort, sent by two people at once, may have ended it meanwhile.
    if (!(error instanceof NotPossibleError) || (await lookUp(tenant, requestId)).open) throw error;
  }
  const end = await endBy(tenant, requestId, resolution);
  if (end !== undefined) return end;
  throw new NotPossibleError(`The signing ${requestId} has ended already.`);
}

/** The end of a session, where this decision has brought it about. */
async function endBy(
  tenant: Tenant,
  requestId: string,
  { action, attentionId }: Resolution,
): Promise<SigningStatus | undefined> {
  const { handle, state } = await lookUp(tenant, requestId);
  if (action !== 'abort' || state !== 'cancelled') return undefined;
  const end = await askServer(tenant.client, requestId, () => handle.result() as Promise<SigningStatus>);
  return end.attention?.id === attentionId ? end : undefined;
}
