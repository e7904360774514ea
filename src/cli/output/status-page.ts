import type { StatusWithCallback } from '../../client/index.js';
import type { CallbackStatus } from '../../domain/callbacks.js';
import { STATE_DESCRIPTIONS, describeActionUse, describeNextStep } from '../../domain/state-descriptions.js';
import type { Action, Attention, DocumentState, SigningState } from '../../domain/status.js';
import { formatCommand } from '../command.js';
import {
  type Output,
  type Style,
  formatMinute,
  formatSize,
  formatTable,
  stripControlCharacters,
} from './output.js';

/** Why a person must decide, and the exact command for each possible decision. */
export function formatAttention(requestId: string, attention: Attention): string[] {
  const why = `Why: ${stripControlCharacters(attention.reason)}`;
  if (attention.actions.length === 0) return [why];
  const choices = attention.actions.flatMap((action) => [
    `  ${describeActionUse(action, attention)}:`,
    `    ${formatCommand('resolve', requestId, ...createResolveArguments(action, attention))}`,
  ]);
  return [why, `What to do: ${describeNextStep(attention)}`, ...choices];
}

/** The number is a placeholder on purpose: a copied example must not adopt another contract session. */
function createResolveArguments(action: Action, { id, step }: Attention): string[] {
  const options = [action, '--attention-id', id];
  if (action === 'abort') return [...options, '--reason', '"…"'];
  return action === 'adopt' && step === 'initiate' ? [...options, '--session-id', 'NUMBER'] : options;
}

/** The whole status of a signing on one page. It has no data of the participant, since the status has none. */
export function formatStatusPage(status: StatusWithCallback, { color }: Pick<Output, 'color'>): string[] {
  const { requestId, state, attention, lastFailure } = status;
  return [
    `${color('bold', requestId)}  ${color(STATE_STYLES[state] ?? 'bold', state)}`,
    STATE_DESCRIPTIONS[state],
    ...(lastFailure === undefined ? [] : [`Retrying automatically: ${stripControlCharacters(lastFailure)}`]),
    ...(attention === null ? [] : ['', ...formatAttention(requestId, attention)]),
    '',
    ...collectFacts(status).map(([name, value]) => `  ${name.padEnd(18)}${stripControlCharacters(value)}`),
    '',
    ...formatDocuments(status.documents).map((line) => `  ${line}`),
  ];
}

export const STATE_STYLES: Readonly<Partial<Record<SigningState, Style>>> = {
  'needs-attention': 'yellow',
  completed: 'green',
  failed: 'red',
  withdrawn: 'yellow',
  expired: 'yellow',
  cancelled: 'yellow',
};

function collectFacts(status: StatusWithCallback): [string, string][] {
  const { name, method, sessionId, employeeId, crmRecord, deadline, updatedAt, callback } = status;
  return [
    ['name', name],
    ['method', method],
    ['contract session', sessionId === null ? 'none yet' : String(sessionId)],
    ['employee', employeeId],
    ...(crmRecord === null ? [] : [['CRM record', crmRecord] as [string, string]]),
    ['deadline', formatMinute(deadline)],
    ['last change', formatMinute(updatedAt)],
    ...(callback === null ? [] : [['last callback', formatDelivery(callback)] as [string, string]]),
  ];
}

/** The delivery of the newest callback, in one line. */
function formatDelivery(callback: CallbackStatus): string {
  const what = `no. ${callback.order} ${callback.type}`;
  if ('deliveredAt' in callback) return `${what}, delivered ${formatMinute(callback.deliveredAt)}`;
  const { attempt, failure, nextAttemptAt } = callback;
  const next = nextAttemptAt === null ? '' : `; next attempt ${formatMinute(nextAttemptAt)}`;
  return `${what}, attempt ${attempt}: ${failure}${next}`;
}

function formatDocuments(documents: readonly DocumentState[]): string[] {
  const rows = documents.map((document) => [
    document.name,
    document.bytes === null ? '' : formatSize(document.bytes),
    document.signatureFields === 'none' ? 'for information' : 'to be signed',
    formatDocumentStatus(document),
  ]);
  return formatTable(['Document', 'Size', 'Purpose', 'Status'], rows);
}

/** The progress of a document: the vendor's status if there is one. */
export function formatDocumentStatus({ status, fileId, failureReason }: DocumentState): string {
  if (status !== null) return failureReason === null ? status : `${status}: ${failureReason}`;
  return fileId === null ? 'not uploaded' : 'uploaded';
}
