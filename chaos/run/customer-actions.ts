import type { SigningPlan } from '../plan/signing.js';
import type { ContractSession, Vendor, VendorAction } from './vendor.js';

interface VendorStep {
  readonly action: VendorAction;
  /** Which document; all if absent. */
  readonly document?: number;
}

/** What customer and employee do after the hand-over, in order. */
function planSteps({ outcome }: SigningPlan, { documents }: ContractSession): VendorStep[] {
  const [first, ...rest] = documents.map(({ id }) => id);
  switch (outcome.kind) {
    case 'signed':
      // One by one, so that the signing sees several changes.
      return documents.length <= 3
        ? documents.flatMap(({ id }) => [
            { action: 'update', document: id },
            { action: 'sign', document: id },
          ])
        : [{ action: 'sign' }];
    case 'signed-in-part':
      return first === undefined || rest.length === 0
        ? [{ action: 'sign' }]
        : [{ action: 'remove', document: first }, { action: 'sign' }];
    case 'identification-failed':
      return first === undefined || rest.length === 0
        ? [{ action: 'fail-identification' }]
        : [{ action: 'fail-identification', document: first }, { action: 'sign' }];
    case 'withdrawn':
      return [{ action: 'remove' }];
    case 'cancelled':
    case 'expired':
      return [];
  }
}

export async function performSteps(
  vendor: Vendor,
  plan: SigningPlan,
  session: ContractSession,
): Promise<void> {
  for (const { action, document } of planSteps(plan, session))
    await vendor.perform(session.id, action, document);
}
