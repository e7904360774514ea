import type { Resolution } from '../domain/resolution.js';
import type { SigningStatus } from '../domain/status.js';
import { resolveUpdate } from '../workflows/messages.js';
import { NotPossibleError } from './errors.js';
import { callServer, callWorker, describeSigning, type Tenant } from './describe-signing.js';

/**
 * Sends a human's decision on a question. The question's id makes it idempotent: the session knows a decision that it has
 * taken, and an abort that has ended it is answered with its end. @throws NotPossibleError
 */
export async function resolveIdempotently(
  tenant: Tenant,
  requestId: string,
  resolution: Resolution,
): Promise<SigningStatus> {
  const { handle, isOpen } = await describeSigning(tenant, requestId);
  try {
    if (isOpen)
      return await callWorker(tenant, requestId, () =>
        handle.executeUpdate(resolveUpdate, { args: [resolution] }),
      );
  } catch (error) {
    // The same abort, sent by two people at once, may have ended it meanwhile.
    if (!(error instanceof NotPossibleError) || (await describeSigning(tenant, requestId)).isOpen)
      throw error;
  }
  const end = await readEndCausedBy(tenant, requestId, resolution);
  if (end !== undefined) return end;
  throw new NotPossibleError(`The signing ${requestId} has ended already.`);
}

/** The end of a session, where this decision has brought it about. */
async function readEndCausedBy(
  tenant: Tenant,
  requestId: string,
  { action, attentionId }: Resolution,
): Promise<SigningStatus | undefined> {
  const { handle, state } = await describeSigning(tenant, requestId);
  if (action !== 'abort' || state !== 'cancelled') return undefined;
  const end = await callServer(tenant.client, requestId, () => handle.result() as Promise<SigningStatus>);
  return end.attention?.id === attentionId ? end : undefined;
}
