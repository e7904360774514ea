import { NotPossibleError, type SigningClient } from '../../src/client/index.js';
import { LATEST_EFFECT_SECONDS } from '../plan/faults.js';
import type { ContractSession } from './vendor.js';

export type Decision = 'adopt' | 'retry' | 'not yet';

/** A call whose effect nobody sees may still be under way; after this, with a reserve, it is not. */
const EFFECT_SETTLED_MS = (LATEST_EFFECT_SECONDS + 7) * 1000;

/**
 * The human who looks into the Dashboard whenever a session needs attention. A contract session that is there was created
 * and is adopted; one that is not there after a while was not, and is tried again, once the session allows it. Where
 * nothing can have happened there is nothing to look for.
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
    if (waited < EFFECT_SETTLED_MS) return 'not yet';
  }
  return tryRetry(() => signings.resolve(requestId, { attentionId, action: 'retry' }));
}

/** A retry of an unanswered call is refused for a while; the human looks again before the next one. */
async function tryRetry(retry: () => Promise<unknown>): Promise<Decision> {
  try {
    await retry();
    return 'retry';
  } catch (error) {
    if (error instanceof NotPossibleError) return 'not yet';
    throw error;
  }
}
