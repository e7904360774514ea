import { describeActions } from '../domain/resolution.js';
import type { Attention, DocumentState, SigningState, SigningStatus } from '../domain/status.js';

const MEANING: Record<SigningState, string> = {
  'checking-documents': 'The documents are being checked. Nothing has been sent yet.',
  initiating: 'The contract session is being created at flexperto.',
  uploading: 'The documents are being uploaded.',
  attaching: 'The documents are being attached to the contract session.',
  'handing-over': 'The contract session is being handed over.',
  'awaiting-handover':
    'The documents are at flexperto. **The employee hands the session over in the flexperto Dashboard.**',
  'awaiting-signature': 'Waiting for the customer to sign.',
  'needs-attention': '**A human must decide how this goes on.**',
  completed: 'All signatures have been given.',
  failed: 'The signing has failed.',
  withdrawn: 'All documents were deleted at flexperto.',
  expired: 'The deadline has passed without a signature.',
  cancelled: 'The signing was cancelled. What exists at flexperto stays there; delete it in the Dashboard.',
};

/** The page on a session in the Temporal UI, in Markdown. No personal data. */
export function describe(status: SigningStatus, listWorks: boolean | undefined): string {
  const parts = [
    `### ${title(status.state)}`,
    MEANING[status.state],
    ...(status.attention === null ? [] : [attentionPart(status.attention)]),
    ...(listWorks === false && status.state.startsWith('awaiting') ? [WITHOUT_LIST] : []),
    documentTable(status.documents),
    factsOf(status),
  ];
  return parts.join('\n\n');
}

const WITHOUT_LIST =
  'This tenant has no call that lists documents, so the outcome cannot be seen from here. ' +
  'Record it with the update `recordOutcome`: `{"outcome":"completed"}`, `"failed"` or `"withdrawn"`.';

function title(state: string): string {
  const words = state.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function attentionPart(attention: Attention): string {
  const lines = [`**Why:** ${escape(attention.reason)}`];
  if (attention.actions.length > 0) {
    lines.push(
      `**What to do:** ${ADVICE[attention.step] ?? ''} Then send the update \`resolve\` with one of: ${describeActions(
        attention,
      )
        .split(' or ')
        .map((action) => `\`${action}\``)
        .join(' ')}`,
    );
  }
  return lines.join('\n\n');
}

const ADVICE: Partial<Record<string, string>> = {
  initiate:
    'Look into the flexperto Dashboard whether the contract session exists. `adopt` it if it does, `retry` if not.',
  attach:
    'Look into the flexperto Dashboard whether the document is attached. `adopt` if it is, `retry` if not.',
  'hand-over':
    'Look into the flexperto Dashboard whether the session was handed over. `adopt` if it was, `retry` if not.',
  upload: 'Put right what is named above, then `retry`; documents already uploaded stay uploaded.',
  'request-upload-url': 'Put right what is named above, then `retry`.',
  'await-completion': 'Put right what is named above, then `retry`.',
};

function documentTable(documents: readonly DocumentState[]): string {
  const rows = documents.map(
    (document) =>
      `| ${escape(document.name)} | ${document.bytes === null ? '' : size(document.bytes)} | ${document.signatureFields === 'none' ? 'for information' : 'to be signed'} | ${progress(document)} |`,
  );
  return ['| Document | Size | Purpose | Status |', '|---|---|---|---|', ...rows].join('\n');
}

function progress({ status, fileId, failureReason }: DocumentState): string {
  if (status !== null) return escape(failureReason === null ? status : `${status}: ${failureReason}`);
  return fileId === null ? 'not uploaded' : 'uploaded';
}

function size(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function factsOf({ sessionId, method, employeeId, crmRecord, deadline }: SigningStatus): string {
  const facts = [
    sessionId === null ? 'no contract session yet' : `contract session ${sessionId}`,
    `method ${method}`,
    `employee ${escape(employeeId)}`,
    ...(crmRecord === null ? [] : [`CRM record ${escape(crmRecord)}`]),
    `deadline ${deadline.slice(0, 16).replace('T', ' ')} UTC`,
  ];
  return facts.join(' · ');
}

/** Names and the vendor's words must not become Markdown. */
function escape(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|!]/g, '\\$&').replace(/\s+/g, ' ');
}
