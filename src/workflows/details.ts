import { adviceOn, MEANING, meaningOf } from '../domain/explanations.js';
import { describeAction } from '../domain/resolution.js';
import type { Attention, DocumentState, SigningState, SigningStatus } from '../domain/status.js';

/** States in which somebody has to act. */
const WAITING_FOR_HANDS: readonly SigningState[] = ['awaiting-handover', 'needs-attention'];

/** The page on a session in the Temporal UI, in Markdown. No personal data. */
export function describe(
  status: SigningStatus,
  listWorks: boolean | undefined,
  lastFailure: string | null,
): string {
  const parts = [
    `### ${title(status.state)}`,
    WAITING_FOR_HANDS.includes(status.state) ? `**${MEANING[status.state]}**` : MEANING[status.state],
    ...(status.attention === null ? [] : [attentionPart(status.attention)]),
    ...(lastFailure === null ? [] : [`**Tried again by itself:** ${escape(lastFailure)}`]),
    ...(listWorks === false && status.state.startsWith('awaiting') ? [WITHOUT_LIST] : []),
    documentTable(status.documents),
    '\u00a0',
    factsOf(status),
    SPACE,
  ];
  return parts.join('\n\n');
}

const WITHOUT_LIST =
  'This tenant does not seem to have the call that lists documents, so the outcome cannot be seen from here. ' +
  'The session goes on looking for it, slowly. Meanwhile, record the outcome with the update `recordOutcome`: `{"outcome":"completed"}`, `"failed"` or `"withdrawn"`.';

/** The Temporal UI cuts the last lines off where one above them is broken: these may go. */
const SPACE = '\u00a0\n\n\u00a0\n\n\u00a0';

function title(state: string): string {
  const words = state.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function attentionPart(attention: Attention): string {
  const why = `**Why:** ${escape(attention.reason)}`;
  if (attention.actions.length === 0) return why;
  const choices = attention.actions.map((action) => {
    const number =
      action === 'adopt' && attention.step === 'initiate' ? ', with its number in place of 13' : '';
    return `- ${meaningOf(action, attention)}${number}: \`${describeAction(action, attention)}\``;
  });
  const advice =
    `**What to do:** ${adviceOn(attention)} ` +
    'Then send the update `resolve` (above: *More Actions*, *Send an Update*) with one of:';
  return [why, advice, choices.join('\n')].join('\n\n');
}

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
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function factsOf({ sessionId, method, employeeId, crmRecord, deadline }: SigningStatus): string {
  const session = sessionId === null ? 'none yet' : String(sessionId);
  const until = `${deadline.slice(0, 16).replace('T', ' ')} UTC`;
  return [
    '| Contract session | Method | Employee | CRM record | Deadline |',
    '|---|---|---|---|---|',
    `| ${session} | ${method} | ${escape(employeeId)} | ${escape(crmRecord ?? '')} | ${until} |`,
  ].join('\n');
}

/** Names and the vendor's words must not become Markdown. */
function escape(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|!]/g, '\\$&').replace(/\s+/g, ' ');
}
