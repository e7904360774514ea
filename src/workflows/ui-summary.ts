import type { CallbackQueue, CallbackStatus } from '../domain/callbacks.js';
import { describeAction } from '../domain/resolution.js';
import { STATE_DESCRIPTIONS, describeActionUse, describeNextStep } from '../domain/state-descriptions.js';
import type { Attention, DocumentState, SigningState, SigningStatus } from '../domain/status.js';

/** The page of a signing's callbacks in the Temporal UI, in Markdown. Without the callback URL and personal data. */
export function renderCallbacksSummary({ lastStatus, pending }: CallbackQueue): string {
  const [current, ...queued] = pending;
  const parts = [
    ...(lastStatus === null ? [] : [renderLastDelivery(lastStatus)]),
    ...(current === undefined
      ? ['Waiting for the next change of the signing.']
      : [
          `**Now:** no. ${current.order}, \`${current.type}\`, of ${formatMinute(current.timestamp)}. It is tried for three days. Below, *Pending Activities* shows why the last attempt failed and when the next one comes.`,
        ]),
    ...(queued.length === 0 ? [] : [`**Then:** ${queued.map(({ type }) => `\`${type}\``).join(', ')}`]),
  ];
  return parts.join('\n\n');
}

function renderLastDelivery(last: CallbackStatus): string {
  const event = `no. ${last.order}, \`${last.type}\``;
  return 'deliveredAt' in last
    ? `**Delivered last:** ${event}, on ${formatMinute(last.deliveredAt)}`
    : `**Not delivered:** ${event}, after ${last.attempt} attempts (${last.failure})`;
}

function formatMinute(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}

/** States in which a person has to act. */
const STATES_WAITING_FOR_A_PERSON: readonly SigningState[] = ['awaiting-handover', 'needs-attention'];

/** The page of a signing in the Temporal UI, in Markdown. No personal data. */
export function renderSigningSummary(
  status: SigningStatus,
  listWorks: boolean | undefined,
  lastFailure: string | null,
): string {
  const parts = [
    `### ${formatTitle(status.state)}`,
    STATES_WAITING_FOR_A_PERSON.includes(status.state)
      ? `**${STATE_DESCRIPTIONS[status.state]}**`
      : STATE_DESCRIPTIONS[status.state],
    ...(status.attention === null ? [] : [renderAttention(status.attention)]),
    ...(lastFailure === null ? [] : [`**Retrying automatically:** ${escapeMarkdown(lastFailure)}`]),
    ...(listWorks === false && status.state.startsWith('awaiting') ? [WITHOUT_LIST] : []),
    renderDocuments(status.documents),
    renderFacts(status),
    TRAILING_SPACE,
  ];
  return parts.join('\n\n');
}

const WITHOUT_LIST =
  'This tenant seems to lack the call that lists documents, so the worker cannot see the outcome. ' +
  'It keeps polling, slowly. Meanwhile, record the outcome with the update `recordOutcome`: `{"outcome":"completed"}`, `"failed"` or `"withdrawn"`.';

/** The Temporal UI cuts off the last lines when a line above them wraps: these may go. */
const TRAILING_SPACE = '\u00a0\n\n\u00a0\n\n\u00a0';

function formatTitle(state: string): string {
  const words = state.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function renderAttention(attention: Attention): string {
  const reason = `**Why:** ${escapeMarkdown(attention.reason)}`;
  if (attention.actions.length === 0) return reason;
  const choices = attention.actions.map((action) => {
    const sessionIdNote =
      action === 'adopt' && attention.step === 'initiate' ? ', with its number instead of 13' : '';
    return `- ${describeActionUse(action, attention)}${sessionIdNote}: \`${describeAction(action, attention)}\``;
  });
  const advice =
    `**What to do:** ${describeNextStep(attention)} ` +
    'Then send the update `resolve` (above: *More Actions*, *Send an Update*) with one of:';
  return [reason, advice, choices.join('\n')].join('\n\n');
}

function renderDocuments(documents: readonly DocumentState[]): string {
  const rows = documents.map((document) => [
    escapeMarkdown(document.name),
    document.bytes === null ? '' : formatSize(document.bytes),
    document.signatureFields === 'none' ? 'for information' : 'to be signed',
    describeProgress(document),
  ]);
  return renderTable(['Document', 'Size', 'Purpose', 'Status'], rows);
}

/** The Temporal UI shows cells side by side without a gap, and centers the header: padding and alignment mend both. */
function renderTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const pad = (cell: string): string => (cell === '' ? '' : `${cell}${CELL_PADDING}`);
  const renderRow = (cells: readonly string[]): string => `| ${cells.map(pad).join(' | ')} |`;
  return [renderRow(header), `|${':--|'.repeat(header.length)}`, ...rows.map(renderRow)].join('\n');
}

const CELL_PADDING = '\u00a0'.repeat(4);

function describeProgress({ status, fileId, failureReason }: DocumentState): string {
  if (status !== null) return escapeMarkdown(failureReason === null ? status : `${status}: ${failureReason}`);
  return fileId === null ? 'not uploaded' : 'uploaded';
}

function formatSize(bytes: number): string {
  return bytes < 1_000_000
    ? `${Math.ceil(bytes / 1000)}\u00a0KB`
    : `${(bytes / 1_000_000).toFixed(1)}\u00a0MB`;
}

function renderFacts({ sessionId, method, employeeId, crmRecord, deadline }: SigningStatus): string {
  const facts = [
    ['**Contract session**', sessionId === null ? 'none yet' : String(sessionId)],
    ['**Method**', method],
    ['**Employee**', escapeMarkdown(employeeId)],
    ...(crmRecord === null ? [] : [['**CRM record**', escapeMarkdown(crmRecord)]]),
    ['**Deadline**', formatMinute(deadline)],
  ];
  // Markdown knows no table without a header: its row stays empty.
  return renderTable(['', ''], facts);
}

/** Names and the vendor's texts must not become Markdown. */
function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|!]/g, '\\$&').replace(/\s+/g, ' ');
}
