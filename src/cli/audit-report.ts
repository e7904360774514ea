import { MEANING } from '../domain/explanations.js';
import { readRequest } from '../domain/read-request.js';
import type { AuditDocument, AuditEntry, AuditRun, AuditState, SigningAudit } from '../starter/index.js';
import { textOfEntry } from './audit-entry.js';
import { visible } from './output.js';
import { table } from './table.js';

/** The evidence for people: plain text, to be read, printed and filed. Names the participant. */
export function auditReport(audit: SigningAudit): string[] {
  const { requestId, timeline, documents, runs, forgottenRuns } = audit;
  return [
    ...heading(`Evidence of the signing ${requestId}`),
    ...factLines(facts(audit)),
    '',
    ...heading('Documents'),
    ...documents.flatMap((document) => [...documentLines(document), '']),
    ...heading('Decisions'),
    ...entryTable(timeline.filter(({ kind }) => kind === 'decision')),
    '',
    ...heading('Course of events'),
    ...entryTable(timeline),
    '',
    ...heading('Runs of the workflow'),
    ...runTable(runs),
    ...forgottenRuns.map(
      (runId) => `  forgotten by the server: ${runId}; what only this run held is not here`,
    ),
    '',
    ...heading('How to read this'),
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

const MORE_MEANINGS: Partial<Record<AuditState, string>> = {
  rejected: 'The request was at fault. Nothing was sent.',
  terminated: 'The workflow was terminated in Temporal. What exists at flexperto stays there.',
  broken: 'The session broke off without an outcome. What exists at flexperto stays there.',
};
const MEANINGS: Partial<Record<AuditState, string>> = { ...MEANING, ...MORE_MEANINGS };

function facts(audit: SigningAudit): Fact[] {
  const { state, startedAt, startedBy, endedAt, endReason, deadline, sessionId } = audit;
  return [
    ['state', `${state}: ${MEANINGS[state] ?? ''}`],
    ...(endReason === null ? [] : [['because', endReason] as const]),
    ['started', `${startedAt} by ${startedBy ?? 'an unknown program'}`],
    ['ended', endedAt ?? 'not yet'],
    ['deadline', deadline ?? 'not known'],
    ...requestFacts(audit.request),
    ['contract session', sessionId === null ? 'none' : String(sessionId)],
  ];
}

/** A request that was rejected is shown as it came. */
function requestFacts(input: unknown): Fact[] {
  const { request, problems } = readRequest(input);
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

function documentLines(document: AuditDocument): string[] {
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
    `  ${visible(name)}`,
    ...factLines([
      ['source', source],
      ['purpose', signatureFields === 'none' ? 'for information' : 'to be signed'],
      ...checked,
      ['file', fileId ?? 'not uploaded'],
      ['document', documentId === null ? 'no number known' : String(documentId)],
      ['status', failureReason === null ? (status ?? 'none') : `${status ?? 'none'}: ${failureReason}`],
    ]).map((line) => `  ${line}`),
  ];
}

function entryTable(entries: readonly AuditEntry[]): string[] {
  const rows = entries.map((entry) => [entry.at, `${entry.run}/${entry.event}`, textOfEntry(entry)]);
  return table(['Time', 'Event', 'What'], rows).map((line) => `  ${line}`);
}

function runTable(runs: readonly AuditRun[]): string[] {
  const rows = runs.map(({ runId, origin, before, startedAt, endedAt, end }, index) => [
    String(index + 1),
    runId,
    before === null ? origin : `${origin} from ${before}`,
    startedAt,
    endedAt ?? '',
    end ?? 'open',
  ]);
  return table(['Run', 'Id', 'Origin', 'From', 'To', 'End'], rows).map((line) => `  ${line}`);
}

function heading(title: string): string[] {
  const shown = visible(title);
  return [shown, '-'.repeat(shown.length), ''];
}

function factLines(all: readonly Fact[]): string[] {
  return all.map(([name, value]) => `  ${name.padEnd(18)}${visible(value)}`);
}
