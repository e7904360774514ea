import { STATE_DESCRIPTIONS } from '../../domain/state-descriptions.js';
import { parseRequest } from '../../domain/parse-request.js';
import type { AuditDocument, AuditEntry, AuditRun, AuditState, SigningAudit } from '../../client/index.js';
import { formatEntry } from './audit-entry.js';
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
