import type {
  AuditCall,
  AuditDecision,
  AuditDocument,
  AuditEntry,
  RecordedFailure,
} from '../../client/index.js';

/** One thing that has happened, in one line. */
export function formatEntry(entry: AuditEntry): string {
  switch (entry.kind) {
    case 'decision':
      return formatDecision(entry);
    case 'call':
      return formatCall(entry);
    case 'session':
      return `contract session ${entry.sessionId}`;
    case 'document':
      return `${entry.document}: ${formatChange(entry.change)}`;
    case 'state':
      return `state ${entry.state}`;
    case 'end':
      return `run ended: ${entry.end}${entry.reason === null ? '' : `, ${entry.reason}`}`;
  }
}

function formatDecision({ by, decision, content, again, refusal }: AuditDecision): string {
  const details = content === null ? '' : ` (${Object.values(content).map(String).join(', ')})`;
  return [
    `${DECISION_LABELS[decision] ?? decision}${details}, by ${by ?? 'somebody whom the history does not name'}`,
    ...(again ? ['handed in again by Temporal after the reset'] : []),
    ...(refusal === null ? [] : [`refused: ${refusal}`]),
  ].join('; ');
}

const DECISION_LABELS: Partial<Record<AuditDecision['decision'], string>> = {
  start: 'started the signing',
  resolve: 'decided',
  recordOutcome: 'recorded the outcome',
  cancel: 'asked for the end',
  reset: 'reset the session to an earlier point',
  terminate: 'terminated the session in Temporal',
  'signal checkNow': 'asked for a look at the documents',
};

function formatCall({ call, document, end, attempts, failure, failureBefore, objection }: AuditCall): string {
  const what = `${CALL_LABELS[call] ?? call}${document === null ? '' : ` ${document}`}: ${end}`;
  return [
    attempts === null || attempts === 1 ? what : `${what} at try ${attempts}`,
    ...(failure === null ? [] : [formatFailure(failure)]),
    // A look at the documents that finds nothing new ends as a failed try.
    ...(failureBefore === null || failureBefore.type === 'RetryLater'
      ? []
      : [`the try before: ${formatFailure(failureBefore)}`]),
    ...(objection === null ? [] : [`it ${objection}`]),
  ].join('; ');
}

const CALL_LABELS: Readonly<Record<string, string>> = {
  checkDocuments: 'check of request and documents',
  initiateSession: 'initiate',
  judgeAdoption: 'look whether the contract session can be adopted',
  requestUploadUrl: 'request of an upload URL',
  uploadDocument: 'upload of',
  attachDocument: 'attach of',
  handOverSession: 'hand-over',
  listDocuments: 'list of documents',
  pollDocuments: 'wait for news of the documents',
};

const formatFailure = ({ type, message }: RecordedFailure): string => `${type}, ${message}`;

function formatChange(change: Partial<AuditDocument>): string {
  const { bytes, sha256, fileId, documentId, status, failureReason } = change;
  return [
    ...(bytes == null ? [] : [`${bytes} bytes`]),
    ...(sha256 == null ? [] : [`SHA-256 ${sha256}`]),
    ...(fileId == null ? [] : [`file ${fileId}`]),
    ...(documentId == null ? [] : [`document ${documentId}`]),
    ...(status == null ? [] : [status]),
    ...(failureReason === undefined ? [] : [failureReason ?? 'without a reason for a failure any more']),
  ].join(', ');
}
