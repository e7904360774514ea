import { defaultFailureConverter, defaultPayloadConverter } from '@temporalio/common';
import { createAudit } from '../../src/audit/create-audit.js';
import { decodeHistory } from '../../src/audit/decode-history.js';
import type { RunHistory } from '../../src/audit/history-event.js';
import { formatAuditReport } from '../../src/cli/output/audit-report.js';
import type { AuditEntry, SigningAudit } from '../../src/client/index.js';
import type { SigningStatus } from '../../src/domain/status.js';
import {
  RECORDED_SIGNING_HISTORIES,
  readRecordedHistory,
  workflowIdOf,
} from '../support/recorded-histories.js';
import { REQUEST } from '../support/requests.js';

const CONVERTER = {
  payloadConverter: defaultPayloadConverter,
  failureConverter: defaultFailureConverter,
  payloadCodecs: [],
};

async function readRun(file: string): Promise<RunHistory> {
  const { events } = readRecordedHistory(file);
  return { runId: 'the-run', events: await decodeHistory(events ?? [], CONVERTER) };
}

const auditFile = async (file: string): Promise<SigningAudit> =>
  createAudit(workflowIdOf(file), [await readRun(file)]);

const auditRecording = (name: string): Promise<SigningAudit> => auditFile(`0.1.0/${name}.json`);

type EntryOfKind<Wanted> = Extract<AuditEntry, { kind: Wanted }>;

const filterByKind = <Wanted extends AuditEntry['kind']>({ timeline }: SigningAudit, kind: Wanted) =>
  timeline.filter((entry): entry is EntryOfKind<Wanted> => entry.kind === kind);

describe('The audit of a signing', () => {
  it.each(RECORDED_SIGNING_HISTORIES)('agrees with the result of the workflow: %s', async (file) => {
    const { events } = await readRun(file);
    const end = events.findLast((event) => event.type === 'completed');
    const result = end?.result as SigningStatus;
    const audit = await auditFile(file);
    const { state, sessionId, deadline } = result;
    expect(audit).toMatchObject({ state, sessionId, deadline, endedAt: end?.at });
    expect(audit.documents).toMatchObject(result.documents);
  });

  it.each(RECORDED_SIGNING_HISTORIES)(
    'names for each fact the event that proves it, in order: %s',
    async (file) => {
      const { events } = await readRun(file);
      const times = new Map(events.map(({ id, at }) => [id, at]));
      const { timeline } = await auditFile(file);
      expect(timeline.length).toBeGreaterThan(10);
      expect(timeline.map(({ at }) => at)).toEqual(timeline.map(({ event }) => times.get(event)));
      const numbers = timeline.map(({ event }) => event);
      expect(numbers).toEqual([...numbers].sort((one, other) => one - other));
    },
  );

  it.each(RECORDED_SIGNING_HISTORIES)(
    'is the same each time, as a record and as a report: %s',
    async (file) => {
      const [one, other] = [await auditFile(file), await auditFile(file)];
      expect(JSON.stringify(one)).toBe(JSON.stringify(other));
      expect(formatAuditReport(one)).toEqual(formatAuditReport(other));
    },
  );

  it.each(RECORDED_SIGNING_HISTORIES)(
    'does not contain the upload URL, not even encrypted: %s',
    async (file) => {
      const { events } = await readRun(file);
      const ciphertexts = [...JSON.stringify(events).matchAll(/"(?:sealed|ciphertext)":"([^"]+)"/g)].map(
        ([, secret]) => secret ?? '',
      );
      const audit = await auditFile(file);
      const written = JSON.stringify(audit) + formatAuditReport(audit).join('\n');
      expect(ciphertexts.filter((secret) => written.includes(secret))).toEqual([]);
    },
  );

  it('says who received which documents, as the request names them', async () => {
    const audit = await auditRecording('completed');
    expect(audit.request).toMatchObject({ employeeId: '45', participants: REQUEST.participants });
    const report = formatAuditReport(audit).join('\n');
    for (const value of [
      ...Object.values(REQUEST.participants[0] ?? {}),
      audit.documents[0]?.sha256 ?? 'none',
    ])
      expect(report).toContain(value);
  });

  it('shows the size, SHA-256, file, number and every status of a document with their times', async () => {
    const audit = await auditRecording('completed');
    const changes = filterByKind(audit, 'document').filter(({ document }) => document === 'contract.pdf');
    expect(changes.map(({ change }) => change)).toEqual([
      { bytes: 6207, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string, pages: 2, fields: 1 },
      { fileId: audit.documents[0]?.fileId },
      { documentId: audit.documents[0]?.documentId, status: 'ATTACHED' },
      { status: 'UPLOADED' },
      { status: 'FINISHED' },
    ]);
  });
});

describe('The audit contains every decision', () => {
  const decided = (decision: string, content: unknown = null) => ({ decision, content, by: 'worker', again: false, refusal: null }); // prettier-ignore
  const started = decided('start');
  const attentionId = expect.any(String) as string;

  it.each([
    ['completed', [started]],
    [
      'initiate-unclear-adopted',
      [started, decided('resolve', { attentionId, action: 'adopt', sessionId: 16 })],
    ],
    [
      'attach-refused-aborted',
      [started, decided('resolve', { attentionId, action: 'abort', reason: 'sent twice by mistake' })],
    ],
    [
      'attach-unclear-without-list-retried',
      [
        started,
        decided('resolve', { attentionId, action: 'retry' }),
        decided('recordOutcome', { outcome: 'withdrawn', reason: 'the customer has called it off' }),
      ],
    ],
    ['cancelled', [started, decided('cancel')]],
    ['started-over-by-a-reset', [started, { ...decided('reset', { reason: 'a test' }), by: null }]],
    ['continued-in-a-fresh-run', [decided('signal checkNow')]],
  ])('%s', async (name, expected) => {
    const decisions = filterByKind(await auditRecording(name), 'decision');
    expect(decisions.map(({ decision, content, by, again, refusal }) => ({ decision, content, by, again, refusal })))
      .toEqual(expected); // prettier-ignore
  });
});

describe('The audit contains every call', () => {
  it('with its end and the HTTP status of the response', async () => {
    const calls = filterByKind(await auditRecording('attach-refused-aborted'), 'call');
    expect(calls.map(({ call, document, end }) => [call, document, end])).toEqual([
      ['checkDocuments', null, 'completed'],
      ['initiateSession', null, 'completed'],
      ['requestUploadUrl', null, 'completed'],
      ['uploadDocument', expect.any(String), 'completed'],
      ['uploadDocument', expect.any(String), 'completed'],
      ['attachDocument', 'contract.pdf', 'failed'],
    ]);
    expect(calls.at(-1)?.failure).toMatchObject({ type: 'Refused', status: 403 });
  });

  it('with the number of its attempts and why the attempt before the last failed', async () => {
    const calls = filterByKind(await auditRecording('upload-url-expired'), 'call');
    expect(calls.filter(({ attempts }) => attempts !== 1 && attempts !== null)).toContainEqual(
      expect.objectContaining({
        call: 'uploadDocument',
        document: 'terms.pdf',
        attempts: 2,
        failureBefore: {
          type: 'OutcomeUnknown',
          message: expect.stringContaining('500') as string,
          status: 500,
        },
      }),
    );
  });

  it('as unfinished if the signing ended first', async () => {
    const [last] = filterByKind(await auditRecording('cancelled'), 'call').slice(-1);
    expect(last).toMatchObject({ call: 'pollDocuments', end: 'unfinished', attempts: null });
  });
});
