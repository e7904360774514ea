import { MEANING } from '../domain/explanations.js';
import type { CallbackStatus } from '../domain/callback-queue.js';
import type { DocumentState, SigningState } from '../domain/status.js';
import type { StatusWithCallback } from '../starter/index.js';
import { attentionLines } from './attention.js';
import { visible, type Output, type Style } from './output.js';
import { minute, size, table } from './table.js';

/** All that is known of a signing, on one page. Holds nothing of the participant, since the status does not. */
export function statusPage(status: StatusWithCallback, { paint }: Pick<Output, 'paint'>): string[] {
  const { requestId, state, attention, lastFailure } = status;
  return [
    `${paint('bold', requestId)}  ${paint(STYLES[state] ?? 'bold', state)}`,
    MEANING[state],
    ...(lastFailure === undefined ? [] : [`Tried again by itself: ${visible(lastFailure)}`]),
    ...(attention === null ? [] : ['', ...attentionLines(requestId, attention)]),
    '',
    ...facts(status).map(([name, value]) => `  ${name.padEnd(18)}${visible(value)}`),
    '',
    ...documentTable(status.documents).map((line) => `  ${line}`),
  ];
}

export const STYLES: Readonly<Partial<Record<SigningState, Style>>> = {
  'needs-attention': 'yellow',
  completed: 'green',
  failed: 'red',
  withdrawn: 'yellow',
  expired: 'yellow',
  cancelled: 'yellow',
};

function facts(status: StatusWithCallback): [string, string][] {
  const { name, method, sessionId, employeeId, crmRecord, deadline, updatedAt, callback } = status;
  return [
    ['name', name],
    ['method', method],
    ['contract session', sessionId === null ? 'none yet' : String(sessionId)],
    ['employee', employeeId],
    ...(crmRecord === null ? [] : [['CRM record', crmRecord] as [string, string]]),
    ['deadline', minute(deadline)],
    ['last change', minute(updatedAt)],
    ...(callback === null ? [] : [['last callback', fateOf(callback)] as [string, string]]),
  ];
}

/** How the newest callback that was tried has fared, in one line. */
function fateOf(callback: CallbackStatus): string {
  const what = `no. ${callback.order} ${callback.type}`;
  if ('deliveredAt' in callback) return `${what}, delivered ${minute(callback.deliveredAt)}`;
  const { attempt, failure, nextAttemptAt } = callback;
  const next = nextAttemptAt === null ? '' : `; next attempt ${minute(nextAttemptAt)}`;
  return `${what}, attempt ${attempt}: ${failure}${next}`;
}

function documentTable(documents: readonly DocumentState[]): string[] {
  const rows = documents.map((document) => [
    document.name,
    document.bytes === null ? '' : size(document.bytes),
    document.signatureFields === 'none' ? 'for information' : 'to be signed',
    progressOf(document),
  ]);
  return table(['Document', 'Size', 'Purpose', 'Status'], rows);
}

/** How far a document has come, in the vendor's word where there is one. */
export function progressOf({ status, fileId, failureReason }: DocumentState): string {
  if (status !== null) return failureReason === null ? status : `${status}: ${failureReason}`;
  return fileId === null ? 'not uploaded' : 'uploaded';
}
