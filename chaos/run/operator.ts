import { NotPossibleError, type SigningClient } from '../../src/client/index.js';
import { LATEST_EFFECT_SECONDS } from '../plan/faults.js';
import type { ContractSession } from './vendor.js';

export type Decision = 'adopt' | 'retry' | 'not yet';

/** After this time, reserve included, a call without a visible effect is no longer under way. */
const LATEST_EFFECT_MS = (LATEST_EFFECT_SECONDS + 7) * 1000;

/**
 * Decides like an operator who checks the Dashboard. If the contract session exists, it is adopted. If it is missing
 * after a while, the call is retried as soon as the signing allows it. A call without an effect is retried immediately.
 */
export async function resolveAttention(
  signings: Pick<SigningClient, 'status' | 'resolve'>,
  requestId: string,
  readDashboard: () => Promise<readonly ContractSession[]>,
): Promise<Decision> {
  const { name, attention } = await signings.status(requestId);
  if (attention === null) return 'not yet';
  const { id: attentionId, since } = attention;
  if (attention.actions.includes('adopt')) {
    const waited = Date.now() - Date.parse(since);
    const created = (await readDashboard()).find((session) => session.name === name);
    if (created !== undefined) {
      await signings.resolve(requestId, { attentionId, action: 'adopt', sessionId: created.id });
      return 'adopt';
    }
    if (waited < LATEST_EFFECT_MS) return 'not yet';
  }
  return tryRetry(() => signings.resolve(requestId, { attentionId, action: 'retry' }));
}

/** A signing refuses to retry an unanswered call for a while; the operator then decides again later. */
async function tryRetry(retry: () => Promise<unknown>): Promise<Decision> {
  try {
    await retry();
    return 'retry';
  } catch (error) {
    if (error instanceof NotPossibleError) return 'not yet';
    throw error;
  }
}
