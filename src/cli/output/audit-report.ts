import type {
  AuditCall,
  AuditDecision,
  AuditDocument,
  AuditEntry,
  AuditRun,
  AuditState,
  RecordedFailure,
  SigningAudit,
} from '../../client/index.js';
import { parseRequest } from '../../domain/parse-request.js';
import { STATE_DESCRIPTIONS } from '../../domain/state-descriptions.js';
import { formatTable, stripControlCharacters } from './output.js';

/** The evidence as plain text for people. It names the participant. */
export function formatAuditReport(audit: SigningAudit): string[] {
  const { requestId, timeline, documents, runs, forgottenRuns } = audit;
  return [
    ...formatHeading(`Evidence of the signing ${requestId}`),
    ...formatFacts(collectFacts(audit)),
    '',
    ...formatHeading('Documents'),
    ...documents.flatMap((document) => [...formatDocument(document), '']),
    ...formatHeading('Decisions'),
    ...formatEntries(timeline.filter(({ kind }) => kind === 'decision')),
    '',
    ...formatHeading('Timeline'),
    ...formatEntries(timeline),
    '',
    ...formatHeading('Runs of the workflow'),
    ...formatRuns(runs),
    ...forgottenRuns.map(
      (runId) => `  deleted by the server: ${runId}; events of this run alone are missing here`,
    ),
    '',
    ...formatHeading('How to read this'),
    ...NOTES.map((line) => `  ${line}`),
  ];
}

const NOTES = [
  'This report comes only from the histories of the workflow in Temporal: the same histories give the same text. Times',
  'are those of the Temporal server, in UTC. Run and number identify an event in Temporal. "By" is the name that the',
  'sending program gave itself. A history does not contain: decisions that were rejected immediately, who reset a',
  'signing, and polls of the documents that found no change.',
];

type Fact = readonly [name: string, value: string];

const AUDIT_MEANINGS: Partial<Record<AuditState, string>> = {
  rejected: 'The request was invalid. Nothing was sent.',
  terminated: 'The workflow was terminated in Temporal. What exists at flexperto stays there.',
  broken: 'The signing broke off without an outcome. What exists at flexperto stays there.',
};
const MEANINGS: Partial<Record<AuditState, string>> = { ...STATE_DESCRIPTIONS, ...AUDIT_MEANINGS };

function collectFacts(audit: SigningAudit): Fact[] {
  const { state, startedAt, startedBy, endedAt, endReason, deadline, sessionId } = audit;
  return [
    ['state', `${state}: ${MEANINGS[state] ?? ''}`],
    ...(endReason === null ? [] : [['reason', endReason] as const]),
    ['started', `${startedAt} by ${startedBy ?? 'an unknown program'}`],
    ['ended', endedAt ?? 'not yet'],
    ['deadline', deadline ?? 'not known'],
    ...collectRequestFacts(audit.request),
    ['contract session', sessionId === null ? 'none' : String(sessionId)],
  ];
}

/** Shows a rejected request as it was received. */
function collectRequestFacts(input: unknown): Fact[] {
  const { request, problems } = parseRequest(input);
  if (problems.length > 0) return [['request', JSON.stringify(input)]];
  const { name, method, employeeId, participants, crmRecord } = request;
  return [
    ['name', name],
    ['method', method],
    ['employee', employeeId],
    ...participants.map(({ firstname, lastname, email, mobile }): Fact => [
      'participant',
      `${firstname} ${lastname}, ${email}, ${mobile}`,
    ]),
    ...(crmRecord === undefined ? [] : [['CRM record', crmRecord] as const]),
  ];
}

function formatDocument(document: AuditDocument): string[] {
  const { name, source, signatureFields, bytes, sha256, pages, fields } = document;
  const { fileId, documentId, status, failureReason } = document;
  const checked: Fact[] =
    bytes === null
      ? [['size', 'not checked yet']]
      : [
          ['size', `${bytes} bytes`],
          ['SHA-256', sha256 ?? 'not known'],
          ['pages', String(pages ?? 'not known')],
          ['signature fields', String(fields ?? 'not known')],
        ];
  return [
    `  ${stripControlCharacters(name)}`,
    ...formatFacts([
      ['source', source],
      ['purpose', signatureFields === 'none' ? 'for information' : 'to be signed'],
      ...checked,
      ['file', fileId ?? 'not uploaded'],
      ['document', documentId === null ? 'no number known' : String(documentId)],
      ['status', failureReason === null ? (status ?? 'none') : `${status ?? 'none'}: ${failureReason}`],
    ]).map((line) => `  ${line}`),
  ];
}

function formatEntries(entries: readonly AuditEntry[]): string[] {
  const rows = entries.map((entry) => [entry.at, `${entry.run}/${entry.event}`, formatEntry(entry)]);
  return formatTable(['Time', 'Event', 'What'], rows).map((line) => `  ${line}`);
}

function formatRuns(runs: readonly AuditRun[]): string[] {
  const rows = runs.map(({ runId, origin, before, startedAt, endedAt, end }, index) => [
    String(index + 1),
    runId,
    before === null ? origin : `${origin} from ${before}`,
    startedAt,
    endedAt ?? '',
    end ?? 'open',
  ]);
  return formatTable(['Run', 'Id', 'Origin', 'From', 'To', 'End'], rows).map((line) => `  ${line}`);
}

function formatHeading(title: string): string[] {
  const text = stripControlCharacters(title);
  return [text, '-'.repeat(text.length), ''];
}

function formatFacts(facts: readonly Fact[]): string[] {
  return facts.map(([name, value]) => `  ${name.padEnd(18)}${stripControlCharacters(value)}`);
}

/** One entry in one line. */
function formatEntry(entry: AuditEntry): string {
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
    `${DECISION_LABELS[decision] ?? decision}${details}, by ${by ?? 'an unknown program'}`,
    ...(again ? ['reapplied by Temporal after the reset'] : []),
    ...(refusal === null ? [] : [`rejected: ${refusal}`]),
  ].join('; ');
}

const DECISION_LABELS: Partial<Record<AuditDecision['decision'], string>> = {
  start: 'started the signing',
  resolve: 'decided',
  recordOutcome: 'recorded the outcome',
  cancel: 'requested the cancellation',
  reset: 'reset the signing to an earlier point',
  terminate: 'terminated the signing in Temporal',
  'signal checkNow': 'requested a poll of the documents',
};

function formatCall({ call, document, end, attempts, failure, failureBefore, objection }: AuditCall): string {
  const what = `${CALL_LABELS[call] ?? call}${document === null ? '' : ` ${document}`}: ${end}`;
  return [
    attempts === null || attempts === 1 ? what : `${what} at attempt ${attempts}`,
    ...(failure === null ? [] : [formatFailure(failure)]),
    // A poll that finds no change ends as a failed attempt.
    ...(failureBefore === null || failureBefore.type === 'RetryLater'
      ? []
      : [`the previous attempt: ${formatFailure(failureBefore)}`]),
    ...(objection === null ? [] : [`it ${objection}`]),
  ].join('; ');
}

const CALL_LABELS: Readonly<Record<string, string>> = {
  checkDocuments: 'check of request and documents',
  initiateSession: 'initiate',
  validateAdoption: 'check that the contract session can be adopted',
  requestUploadUrl: 'request of an upload URL',
  uploadDocument: 'upload of',
  attachDocument: 'attach of',
  handOverSession: 'hand-over',
  listDocuments: 'list of documents',
  pollDocuments: 'wait for changes of the documents',
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
    ...(failureReason === undefined ? [] : [failureReason ?? 'no reason for a failure any longer']),
  ].join(', ');
}
