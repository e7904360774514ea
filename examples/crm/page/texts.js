/** The texts that an employee reads. The vendor's and the worker's own words do not appear here. */

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });
const MOMENT = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

export const formatDay = (time) => DAY.format(new Date(time));
export const formatMoment = (time) => MOMENT.format(new Date(time));
export const formatClock = (time) => CLOCK.format(new Date(time));

export function formatBytes(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

export function pluralize(number, one, many = `${one}s`) {
  return number === 1 ? `1 ${one}` : `${number} ${many}`;
}

/** Short, for badges. */
export const STATE_LABELS = {
  'checking-documents': 'Being checked', initiating: 'Being sent', uploading: 'Being sent', attaching: 'Being sent',
  'handing-over': 'Being handed over', 'awaiting-handover': 'Your turn', 'awaiting-signature': 'Customer’s turn',
  'needs-attention': 'Needs a decision', completed: 'Signed', failed: 'Failed', withdrawn: 'Withdrawn', expired: 'Expired',
  cancelled: 'Cancelled',
}; // prettier-ignore

const FINAL = ['completed', 'failed', 'withdrawn', 'expired', 'cancelled'];
export const isFinal = (state) => FINAL.includes(state);

/** A state in one sentence. */
export function describeState({ state, sessionId, attention, deadline }, customer) {
  const rest = sessionId === null ? '' : ` Contract session ${sessionId} is still in flexperto: delete it in the Dashboard if the customer should not have it.`;
  switch (state) {
    case 'checking-documents': return 'Your documents are being checked. Nothing has been sent yet.';
    case 'initiating': return 'The contract session is being created at flexperto.';
    case 'uploading': return 'Your documents are being uploaded to flexperto.';
    case 'attaching': return 'Your documents are being added to the contract session.';
    case 'handing-over': return `The contract session is being handed over to ${customer}.`;
    case 'awaiting-handover': return `It is your turn: read the documents again in the flexperto Dashboard, then hand them over to ${customer}.`;
    case 'awaiting-signature': return `${customer} has the documents and can sign them.`;
    case 'needs-attention': return 'The signing has stopped and waits for you.';
    case 'completed': return `Done: ${customer} has signed.`;
    case 'failed': return 'The signing has failed.';
    case 'withdrawn': return 'The documents were deleted in the flexperto Dashboard, so nobody can sign them any more.';
    case 'expired': return `The time to sign ended on ${formatDay(deadline)}.${rest}`;
    case 'cancelled': return `The signing was ${attention === null ? 'cancelled' : 'given up'}.${rest}`;
    default: return `The signing is in the state “${state}”.`;
  }
} // prettier-ignore

const DOCUMENT_LABELS = {
  ATTACHED: ['Waits for your hand-over', 'info'],
  UPLOADED: ['Waits for the signature', 'info'],
  UPDATED: ['Being signed', 'info'],
  FINISHED: ['Signed', 'good'],
  DELETED: ['Deleted', 'off'],
  FAILED: ['Failed', 'bad'],
};

/** Labels of a document that nobody has to sign. */
const ENCLOSED_LABELS = { UPLOADED: ['With the customer', 'info'], FINISHED: ['Delivered', 'good'] };

/** A document's status: the label and the tone of its badge. */
export function describeDocument({ status, fileId, sha256, signatureFields }) {
  if (signatureFields === 'none' && ENCLOSED_LABELS[status] !== undefined) return ENCLOSED_LABELS[status];
  if (status !== null) return DOCUMENT_LABELS[status] ?? [status, 'info'];
  if (fileId !== null) return ['Uploaded', 'info'];
  return sha256 === null ? ['Not checked yet', 'off'] : ['Checked', 'off'];
}

const EVENT_LABELS = {
  'signing.awaiting-handover': 'The documents wait for your hand-over.',
  'signing.awaiting-signature': 'The customer can sign.',
  'signing.document-failed': 'A document has failed.',
  'signing.needs-attention': 'A decision is needed.',
  'signing.still-waiting': 'Still waiting: no change for days.',
  'signing.completed': 'All signatures have been given.',
  'signing.failed': 'The signing has failed.',
  'signing.withdrawn': 'The documents were deleted.',
  'signing.expired': 'The time to sign has ended.',
  'signing.cancelled': 'The signing was cancelled.',
  'signing.rejected': 'The request was rejected; nothing was sent.',
};

export const describeEvent = (type) => EVENT_LABELS[type] ?? type;
/** No callback follows one of these. */
export const isFinalEvent = (type) =>
  [...FINAL.map((state) => `signing.${state}`), 'signing.rejected'].includes(type);
