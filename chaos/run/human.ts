import type { SigningClient } from '../../src/starter/index.js';
import { LATEST_EFFECT_SECONDS } from '../plan/faults.js';
import type { ShownSession } from './vendor.js';

export type Decision = 'adopt' | 'retry' | 'not yet';

/** A call whose effect nobody sees may still be under way; after this, with a reserve, it is not. */
const PATIENCE_MS = (LATEST_EFFECT_SECONDS + 7) * 1000;

/**
 * The human who looks into the Dashboard whenever a session needs attention. A contract session that is there was created
 * and is adopted; one that is not there after a while was not, and is tried again. Where nothing can have happened there
 * is nothing to look for.
 */
export async function decide(
  signings: Pick<SigningClient, 'status' | 'resolve'>,
  requestId: string,
  lookIntoDashboard: () => Promise<readonly ShownSession[]>,
): Promise<Decision> {
  const { name, attention, updatedAt } = await signings.status(requestId);
  if (attention === null) return 'not yet';
  if (attention.actions.includes('adopt')) {
    const waited = Date.now() - Date.parse(updatedAt);
    const created = (await lookIntoDashboard()).find((session) => session.name === name);
    if (created !== undefined) {
      await signings.resolve(requestId, { action: 'adopt', sessionId: created.id });
      return 'adopt';
    }
    if (waited < PATIENCE_MS) return 'not yet';
  }
  await signings.resolve(requestId, { action: 'retry' });
  return 'retry';
}
