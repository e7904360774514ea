import type { Action, Attention, SigningState } from './status.js';

/** What each state means, for people who see it. */
export const STATE_DESCRIPTIONS: Readonly<Record<SigningState, string>> = {
  'checking-documents': 'The documents are being checked. Nothing has been sent yet.',
  initiating: 'The contract session is being created at flexperto.',
  uploading: 'The documents are being uploaded.',
  attaching: 'The documents are being attached to the contract session.',
  'handing-over': 'The contract session is being handed over.',
  'awaiting-handover':
    'The documents are at flexperto. The employee hands the session over in the flexperto Dashboard.',
  'awaiting-signature': 'Waiting for the customer to sign.',
  'needs-attention': 'A human must decide how this goes on.',
  completed: 'All signatures have been given.',
  failed: 'The signing has failed.',
  withdrawn: 'All documents were deleted at flexperto.',
  expired: 'The deadline has passed. What stays at flexperto can still be signed.',
  cancelled: 'The signing was cancelled. What exists at flexperto stays there; delete it in the Dashboard.',
};

/** What to look at before deciding. */
export function describeNextStep({ step, actions }: Attention): string {
  if (!actions.includes('adopt')) {
    const uploadNote = step === 'upload' ? ' Documents already uploaded stay uploaded.' : '';
    return `Put right what is named above.${uploadNote}`;
  }
  return `Look into the flexperto Dashboard whether ${DASHBOARD_CHECKS[step] ?? 'it has happened'}.`;
}

/** When each action is the right one. */
export function describeActionUse(action: Action, { step, actions }: Attention): string {
  if (action === 'abort') return 'To give up, while what exists at flexperto stays there';
  if (action === 'adopt')
    return step === 'initiate' ? 'If it exists, to go on with it' : 'If it was, to go on';
  if (!actions.includes('adopt')) return 'Once it is put right, to go on';
  return step === 'initiate' ? 'If it does not exist, to create it' : 'If it was not, to do it again';
}

const DASHBOARD_CHECKS: Partial<Record<Attention['step'], string>> = {
  initiate: 'the contract session exists',
  attach: 'the document was attached',
  'hand-over': 'the session was handed over',
};
