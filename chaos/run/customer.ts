import type { SessionPlan } from '../plan/session.js';
import type { Deed, ShownSession, Vendor } from './vendor.js';

interface Step {
  readonly deed: Deed;
  /** Which document; without it, all. */
  readonly document?: number;
}

/** What customer and employee do with a session that has been handed over, in order. */
export function stepsOf({ fate }: SessionPlan, { documents }: ShownSession): Step[] {
  const [first, ...rest] = documents.map(({ id }) => id);
  switch (fate.kind) {
    case 'signed':
      // One after the other, so that the session sees several changes.
      return documents.length <= 3
        ? documents.flatMap(({ id }) => [
            { deed: 'update', document: id },
            { deed: 'sign', document: id },
          ])
        : [{ deed: 'sign' }];
    case 'signed-in-part':
      return first === undefined || rest.length === 0
        ? [{ deed: 'sign' }]
        : [{ deed: 'remove', document: first }, { deed: 'sign' }];
    case 'identification-failed':
      return first === undefined || rest.length === 0
        ? [{ deed: 'fail-identification' }]
        : [{ deed: 'fail-identification', document: first }, { deed: 'sign' }];
    case 'withdrawn':
      return [{ deed: 'remove' }];
    case 'cancelled':
    case 'expired':
      return [];
  }
}

export async function carryOut(vendor: Vendor, plan: SessionPlan, session: ShownSession): Promise<void> {
  for (const { deed, document } of stepsOf(plan, session)) await vendor.act(session.id, deed, document);
}
