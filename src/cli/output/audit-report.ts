import type {
  AuditCall,
  AuditDecision,
  AuditDocument,
  AuditEntry,
  RecordedFailure,
  AuditRun,
  AuditState,
  SigningAudit,
} from '../../client/index.js';
import { STATE_DESCRIPTIONS } from '../../domain/state-descriptions.js';
import { parseRequest } from '../../domain/parse-request.js';

import { stripControlCharacters } from './output.js';
import { formatTable } from './table.js';

/** The evidence for people: plain text, to be read, printed and filed. Names the participant. */
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
    ...formatHeading('Course of events'),
    ...formatEntries(timeline),
    '',
    ...formatHeading('Runs of the workflow'),
    ...formatRuns(runs),
    ...forgottenRuns.map(
      (runId) => `  forgotten by the server: ${runId}; what only this run held is not here`,
    ),
    '',
    ...formatHeading('How to read this'),
    ...NOTES.map((line) => `  ${line}`),
  ];
}

const NOTES = [
  'Made from the histories of the workflow in Temporal alone: the same histories give the same text. Times are the',
  'Temporal server’s, in UTC. An event is found in Temporal by its run and number. "By" is the name that the program',
  'gave itself which sent the message. A history does not hold: decisions that were refused at once, who has reset a',
  'session, and the looks at the documents that found nothing new.',
];

type Fact = readonly [name: string, value: string];

const AUDIT_MEANINGS: Partial<Record<AuditState, string>> = {
  rejected: 'The request was at fault. Nothing was sent.',
  terminated: 'The workflow was terminated in Temporal. What exists at flexperto stays there.',
  broken: 'The session broke off without an outcome. What exists at flexperto stays there.',
};
const MEANINGS: Partial<Record<AuditState, string>> = { ...STATE_DESCRIPTIONS, ...AUDIT_MEANINGS };

function collectFacts(audit: SigningAudit): Fact[] {
  const { state, startedAt, startedBy, endedAt, endReason, deadline, sessionId } = audit;
  return [
    ['state', `${state}: ${MEANINGS[state] ?? ''}`],
    ...(endReason === null ? [] : [['because', endReason] as const]),
    ['started', `${startedAt} by ${startedBy ?? 'an unknown program'}`],
    ['ended', endedAt ?? 'not yet'],
    ['deadline', deadline ?? 'not known'],
    ...collectRequestFacts(audit.request),
    ['contract session', sessionId === null ? 'none' : String(sessionId)],
  ];
}

/** A request that was rejected is shown as it came. */
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
  validateAdoption: 'look whether the contract session can be adopted',
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
