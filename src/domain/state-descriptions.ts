import type { Action, Attention, SigningState } from './status.js';

/** What each state means, for people. */
export const STATE_DESCRIPTIONS: Readonly<Record<SigningState, string>> = {
  'checking-documents': 'The documents are being checked. Nothing has been sent yet.',
  initiating: 'The contract session is being created at flexperto.',
  uploading: 'The documents are being uploaded.',
  attaching: 'The documents are being attached to the contract session.',
  'handing-over': 'The contract session is being handed over.',
  'awaiting-handover':
    'The documents are at flexperto. The employee hands the contract session over in the flexperto Dashboard.',
  'awaiting-signature': 'Waiting for the customer to sign.',
  'needs-attention': 'Your decision is needed.',
  completed: 'All signatures have been given.',
  failed: 'The signing has failed.',
  withdrawn: 'All documents were deleted at flexperto.',
  expired: 'The deadline has passed. What stays at flexperto can still be signed.',
  cancelled: 'The signing was cancelled. What exists at flexperto stays there; delete it in the Dashboard.',
};

/** What to check before a decision. */
export function describeNextStep({ step, actions }: Attention): string {
  if (!actions.includes('adopt')) {
    const uploadNote = step === 'upload' ? ' Documents already uploaded stay uploaded.' : '';
    return `Correct the problem named above.${uploadNote}`;
  }
  return `Check in the flexperto Dashboard whether ${DASHBOARD_CHECKS[step] ?? 'it has happened'}.`;
}

/** When an action is the right one. */
export function describeActionUse(action: Action, { step, actions }: Attention): string {
  if (action === 'abort') return 'To give up; what exists at flexperto stays there';
  if (action === 'adopt')
    return step === 'initiate' ? 'If it exists, to continue with it' : 'If it was, to continue';
  if (!actions.includes('adopt')) return 'Once it is corrected, to continue';
  return step === 'initiate' ? 'If it does not exist, to create it' : 'If it was not, to do it again';
}

const DASHBOARD_CHECKS: Partial<Record<Attention['step'], string>> = {
  initiate: 'the contract session exists',
  attach: 'the document was attached',
  'hand-over': 'the contract session was handed over',
};
