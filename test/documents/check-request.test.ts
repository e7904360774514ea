import { PDFDict, PDFDocument, PDFRawStream } from '@cantoo/pdf-lib';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type CheckedRequest, createRequestChecker } from '../../src/documents/check-request.js';
import { type Sources, createSources } from '../../src/documents/sources.js';
import { type PdfInspector, createPdfInspector } from '../../src/pdf/inspector.js';
import { REQUEST, createParticipant } from '../support/requests.js';

const EXAMPLES = resolve('examples');
const PDFS = resolve('test/pdf');
const FIELD_MISSING =
  'has no signature field, and flexperto cannot place one: add it in the PDF, or send the document with signatureFields "none"';

const inspector = createPdfInspector();
const temporary = mkdtempSync(join(tmpdir(), 'check-request-'));
const open: Sources[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((sources) => sources.close()));
});
afterAll(() => {
  rmSync(temporary, { recursive: true });
});

interface CheckOptions {
  readonly root?: string;
  readonly hosts?: readonly string[];
  readonly inspector?: PdfInspector;
}

async function check(
  change: object,
  options: CheckOptions = {},
  signal?: AbortSignal,
): Promise<CheckedRequest> {
  const sources = createSources({ root: options.root ?? PDFS, hosts: options.hosts ?? [] });
  open.push(sources);
  return createRequestChecker(sources, options.inspector ?? inspector).check(
    { ...REQUEST, ...change },
    signal,
  );
}

const problemsOf = (checked: CheckedRequest): string[] =>
  checked.ok ? [] : checked.problems.map(({ field, message }) => `${field} ${message}`);

const sources = (...names: string[]): object => ({
  documents: names.map((name) => ({ source: `file:${name}.pdf` })),
});

/** A readable PDF with one signature field, of this many megabytes. */
async function writeLarge(name: string, megabytes: number): Promise<void> {
  const pdf = await PDFDocument.load(readFileSync(join(PDFS, 'plain-field.pdf-lib.pdf')));
  const padding = new Uint8Array(megabytes * 1_000_000);
  pdf.context.register(PDFRawStream.of(PDFDict.withContext(pdf.context), padding));
  writeFileSync(join(temporary, name), await pdf.save({ useObjectStreams: false }));
}

test('the example documents can be signed, and their size and SHA-256 are recorded', async () => {
  const documents = [
    { source: 'file:contract.pdf' },
    { source: 'file:terms.pdf', signatureFields: 'none', name: 'Terms.pdf' },
  ];
  const checked = await check({ documents }, { root: EXAMPLES });
  expect(checked).toMatchObject({ ok: true, request: { requestId: REQUEST.requestId, deadlineDays: 30 } });
  const bytes = readFileSync(join(EXAMPLES, 'contract.pdf'));
  expect(checked.ok && checked.documents).toEqual([
    {
      source: 'file:contract.pdf',
      name: 'contract.pdf',
      signatureFields: 'required',
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      pages: 2,
      fields: 1,
      warnings: [],
    },
    expect.objectContaining({ name: 'Terms.pdf', signatureFields: 'none' }),
  ]);
});

test('problems of the request and of every document come together, in the order of the request', async () => {
  const input = {
    participants: [createParticipant({ mobile: '0176' })],
    documents: [
      { source: 'file:plain-field.pyhanko.pdf' },
      { source: 'file:no-form.pdf-lib.pdf', name: 'offer.pdf' },
      { source: 'file:user-password.qpdf.pdf' },
      { source: 'file:missing.pdf' },
      { source: 'ftp://docs.bank.example/x.pdf', name: 'x.pdf' },
      { source: 'file:truncated.by-hand.pdf', name: 'a/b' },
      { source: 'https://docs.bank.example/y.pdf' },
    ],
  };
  expect(problemsOf(await check(input))).toEqual([
    expect.stringMatching(/^participants\[0\]\.mobile must be a mobile number in E\.164 form/),
    expect.stringMatching(/^documents\[4\]\.source must be file: with a path/),
    expect.stringMatching(/^documents\[5\]\.name must be a file name/),
    `documents[1] (offer.pdf) ${FIELD_MISSING}`,
    expect.stringMatching(/^documents\[2\] \(user-password\.qpdf\.pdf\) is encrypted/),
    'documents[3] (missing.pdf) was not found below the document root',
    'documents[5] is damaged: its end is missing',
    'documents[6] (y.pdf) comes from docs.bank.example, which is not on SIGNING_DOCUMENT_HOSTS',
  ]);
});

test.each(['aes', 'ves'])('with %s a document needs an empty signature field', async (method) => {
  const input = {
    method,
    ...sources('signed-and-empty.pyhanko', 'signed.pyhanko', 'text-field-only.pdf-lib'),
  };
  expect(problemsOf(await check(input))).toEqual([
    'documents[1] (signed.pyhanko.pdf) has no empty signature field: all of its signature fields are already signed',
    `documents[2] (text-field-only.pdf-lib.pdf) ${FIELD_MISSING}`,
  ]);
});

test('nobody can sign a field on no page, or a document that is certified against every change', async () => {
  const input = sources(
    'field-of-a-deleted-page.by-hand',
    'plain-field.libpdf',
    'certified-no-changes.by-hand',
  );
  expect(problemsOf(await check(input))).toEqual([
    expect.stringMatching(
      /^documents\[0\] .* has no empty signature field on any of its pages, and flexperto/,
    ),
    expect.stringMatching(
      /^documents\[1\] .* has no empty signature field on any of its pages, and flexperto/,
    ),
    expect.stringMatching(/^documents\[2\] .* is certified against every change \(DocMDP level 1\)/),
  ]);
  expect(problemsOf(await check({ method: 'qes', ...input }))).toEqual([
    expect.stringMatching(/^documents\[2\] .* is certified against every change/),
  ]);
  const documents = [
    { source: 'file:certified-no-changes.by-hand.pdf', signatureFields: 'none' },
    { source: 'file:plain-field.pdf-lib.pdf' },
  ];
  expect(problemsOf(await check({ documents }))).toEqual([]);
});

test('an invisible field is accepted with a warning if the document is to be signed', async () => {
  const source = 'file:field-hidden.by-hand.pdf';
  const documents = [{ source }, { source, name: 'enclosed.pdf', signatureFields: 'none' }];
  expect(await check({ documents })).toMatchObject({
    ok: true,
    documents: [{ warnings: [expect.stringContaining('"Customer", which is hidden')] }, { warnings: [] }],
  });
});

test('inspections take turns between employees', async () => {
  const callers: unknown[] = [];
  const recordingInspector: PdfInspector = {
    inspect: (path, options) => {
      callers.push(options?.caller);
      return inspector.inspect(path, options);
    },
  };
  await check({ employeeId: '45' }, { root: EXAMPLES, inspector: recordingInspector });
  await check({ employeeId: '46' }, { root: EXAMPLES, inspector: recordingInspector });
  expect(new Set(callers)).toEqual(new Set(['45', '46']));
});

test('with qes a document needs no signature field, because the vendor signs the whole document', async () => {
  const input = { method: 'qes', ...sources('no-form.pdf-lib', 'signed.pyhanko') };
  expect(problemsOf(await check(input))).toEqual([]);
});

test('a document enclosed for information needs no field, but must be a readable PDF', async () => {
  const documents = [
    { source: 'file:plain-field.pdf-lib.pdf' },
    { source: 'file:no-form.pdf-lib.pdf', signatureFields: 'none' },
    { source: 'file:letter-docx.by-hand.pdf', signatureFields: 'none' },
  ];
  expect(problemsOf(await check({ documents }))).toEqual([
    'documents[2] (letter-docx.by-hand.pdf) is not a PDF',
  ]);
});

test('a document whose SHA-256 is given must match it', async () => {
  const source = 'file:plain-field.pyhanko.pdf';
  const right = createHash('sha256')
    .update(readFileSync(join(PDFS, 'plain-field.pyhanko.pdf')))
    .digest('hex');
  const documents = [
    { source, name: 'right.pdf', sha256: right.toUpperCase() },
    { source, name: 'wrong.pdf', sha256: '0'.repeat(64) },
  ];
  expect(problemsOf(await check({ documents }))).toEqual([
    'documents[1] (wrong.pdf) does not have the SHA-256 that the request names',
  ]);
});

test('an excess over 50 MB is reported with the other problems, rounded up so that it never reads 50.0', async () => {
  await writeLarge('half.pdf', 25);
  const documents = [
    { source: 'file:half.pdf', name: 'a.pdf' },
    { source: 'file:half.pdf', name: 'b.pdf', sha256: '0'.repeat(64) },
  ];
  expect(problemsOf(await check({ documents }, { root: temporary }))).toEqual([
    'documents[1] (b.pdf) does not have the SHA-256 that the request names',
    'documents have 50.1 MB together, where 50 MB are allowed',
  ]);
});

test('the 50 MB are decimal, the smaller ones, because the vendor does not say which it counts', async () => {
  await writeLarge('much.pdf', 51);
  expect(problemsOf(await check({ documents: [{ source: 'file:much.pdf' }] }, { root: temporary }))).toEqual([
    'documents[0] (much.pdf) is larger than the 50 MB that all documents together may have',
  ]);
});

test('documents beyond the twentieth are counted, not inspected', async () => {
  const seen: string[] = [];
  const inspector: PdfInspector = {
    inspect: (path) => {
      seen.push(path);
      return Promise.resolve({ ok: false, problem: 'is not a PDF' });
    },
  };
  const documents = Array.from({ length: 500 }, (_, index) => ({
    source: 'file:plain-field.pyhanko.pdf',
    name: `${index}.pdf`,
  }));
  const problems = problemsOf(await check({ documents }, { inspector }));
  expect(problems[0]).toBe('documents must hold 1 to 20 documents, not 500');
  expect(problems).toHaveLength(21);
  expect(seen).toHaveLength(20);
});

test('a host that does not answer is a transient problem; the others are permanent', async () => {
  const documents = [{ source: 'file:missing.pdf' }, { source: 'https://127.0.0.1:1/contract.pdf' }];
  const checked = await check({ documents }, { hosts: ['127.0.0.1:1'] });
  const transientProblem = {
    field: 'documents[1]',
    message: expect.stringMatching(/^\(contract\.pdf\) could not be fetched \(ECONNREFUSED\)$/) as string,
  };
  expect(checked).toEqual({
    ok: false,
    problems: [
      { field: 'documents[0]', message: '(missing.pdf) was not found below the document root' },
      transientProblem,
    ],
    transientProblems: [transientProblem],
  });
});

test('an input that is not a request is one problem, and no document is read', async () => {
  const sourcesOfNone = createSources({ root: PDFS, hosts: [] });
  open.push(sourcesOfNone);
  const checked = await createRequestChecker(sourcesOfNone, inspector).check('request');
  expect(problemsOf(checked)).toEqual(['request must be a JSON object']);
});

test('an aborted check ends with the reason of its signal, and blames no document', async () => {
  const reason = new Error('the worker shuts down');
  const given = check(sources('plain-field.pyhanko'), {}, AbortSignal.abort(reason));
  await expect(given).rejects.toBe(reason);
});
