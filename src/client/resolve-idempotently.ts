import type { Resolution } from '../domain/resolution.js';
import type { SigningStatus } from '../domain/status.js';
import { resolveUpdate } from '../workflows/messages.js';
import { type Tenant, callServer, callWorker, describeSigning } from './describe-signing.js';
import { NotPossibleError } from './errors.js';

/**
 * Sends an operator's decision. Its `attentionId` makes it idempotent: the signing recognizes a decision that it has, and
 * a repeated abort returns the end that it caused. @throws NotPossibleError
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
    // The same abort, sent concurrently by somebody else, may have ended the signing.
    if (!(error instanceof NotPossibleError) || (await describeSigning(tenant, requestId)).isOpen)
      throw error;
  }
  const end = await readEndCausedBy(tenant, requestId, resolution);
  if (end !== undefined) return end;
  throw new NotPossibleError(`The signing ${requestId} has ended already.`);
}

/** The end of a signing, if this decision caused it. */
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
