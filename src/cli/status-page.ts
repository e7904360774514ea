import { MEANING } from '../domain/explanations.js';
import type { DocumentState, SigningState, SigningStatus } from '../domain/status.js';
import { attentionLines } from './attention.js';
import { visible, type Output, type Style } from './output.js';
import { minute, size, table } from './table.js';

/** All that is known of a signing, on one page. Holds nothing of the participant, since the status does not. */
export function statusPage(status: SigningStatus, { paint }: Pick<Output, 'paint'>): string[] {
  const { requestId, state, attention } = status;
  return [
    `${paint('bold', requestId)}  ${paint(STYLES[state] ?? 'bold', state)}`,
    MEANING[state],
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

function facts(status: SigningStatus): [string, string][] {
  const { name, method, sessionId, employeeId, crmRecord, deadline, updatedAt } = status;
  return [
    ['name', name],
    ['method', method],
    ['contract session', sessionId === null ? 'none yet' : String(sessionId)],
    ['employee', employeeId],
    ...(crmRecord === null ? [] : [['CRM record', crmRecord] as [string, string]]),
    ['deadline', minute(deadline)],
    ['last change', minute(updatedAt)],
  ];
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
