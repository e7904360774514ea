import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createPdfInspector } from '../../src/pdf/inspector.js';

const FOLDER = resolve(process.cwd(), 'test/pdf');
const ENCRYPTED = /^is encrypted: .*without a password$/;
const TOO_COSTLY =
  /^could not be inspected: its parts unpack to more than 32 MB; save it again with another program$/;
const CUT_OFF = /^is damaged: its last revision is cut off/;
const END_MISSING = /^is damaged: its end is missing$/;
const NO_CATALOG = /^is damaged: its catalog is missing$/;
const XFA = /^is a dynamic XFA form/;

/** Pages, signature fields, and how many of these are signed. */
const READABLE: Readonly<Record<string, readonly [number, number, number]>> = {
  'after-end-page-of-a-server.by-hand': [1, 1, 0],
  'after-end-zeros.by-hand': [1, 1, 0],
  'after-eof-html.by-hand': [1, 1, 0],
  'after-eof-semicolon.by-hand': [1, 1, 0],
  'catalog-without-type-and-cross-references.by-hand': [1, 1, 0],
  'catalog-without-type-in-object-streams.by-hand': [1, 1, 0],
  'catalog-without-type.by-hand': [1, 1, 0],
  'certified-annotating.by-hand': [1, 2, 1],
  'certified-by-a-placeholder.by-hand': [1, 2, 0],
  'certified-by-default.by-hand': [1, 2, 1],
  'certified-form-filling.by-hand': [1, 2, 1],
  'certified-no-changes-without-permissions.by-hand': [1, 2, 1],
  'certified-no-changes.by-hand': [1, 2, 1],
  'certified-outside-the-form.by-hand': [1, 1, 0],
  'cross-reference-stream.pyhanko': [1, 1, 0],
  'cyclic-parent.by-hand': [1, 1, 0],
  'deep-pages.by-hand': [1, 0, 0],
  'direct-field.by-hand': [1, 1, 0],
  'doubling-kids.by-hand': [1, 1, 0],
  'endless-cross-references.by-hand': [1, 1, 0],
  'field-added-later.pyhanko': [2, 1, 0],
  'field-added-to-object-streams.pyhanko': [1, 1, 0],
  'field-flat.by-hand': [1, 1, 0],
  'field-freed-later.by-hand': [1, 0, 0],
  'field-hidden-once.by-hand': [1, 1, 0],
  'field-hidden.by-hand': [1, 1, 0],
  'field-listed-by-a-page.by-hand': [1, 1, 0],
  'field-not-viewed.by-hand': [1, 1, 0],
  'field-of-a-deleted-page.by-hand': [1, 1, 0],
  'field-removed-from-object-streams.pyhanko': [1, 0, 0],
  'field-removed-later.libpdf': [1, 0, 0],
  'field-removed-later.pyhanko': [2, 0, 0],
  'field-with-a-widget-on-a-deleted-page.by-hand': [1, 1, 0],
  'field-with-widgets-on-deleted-pages.by-hand': [1, 1, 0],
  'field-zero-rect.by-hand': [1, 1, 0],
  'form-removed-later.pyhanko': [2, 0, 0],
  'hierarchical-names.pdf-lib': [1, 2, 0],
  'hierarchical-names.pyhanko': [1, 2, 0],
  'hybrid.by-hand': [1, 1, 0],
  'indirect-type.pdf-lib': [1, 1, 0],
  'inherited-value.by-hand': [1, 1, 1],
  'junk-before-header.by-hand': [1, 1, 0],
  'linearized-object-streams.qpdf': [1, 1, 0],
  'linearized.qpdf': [1, 1, 0],
  'missing-field.by-hand': [1, 1, 0],
  'missing-revision.by-hand': [1, 1, 0],
  'no-form.pdf-lib': [1, 0, 0],
  'null-value.by-hand': [1, 1, 0],
  'object-streams.pdf-lib': [1, 1, 0],
  'object-streams.pyhanko': [1, 1, 0],
  'object-streams.qpdf': [1, 1, 0],
  'pages-doubling.by-hand': [1024, 1, 0],
  'pages-shared-node.by-hand': [2, 1, 0],
  'pages-shared-on-levels.by-hand': [4, 1, 0],
  'placeholder-elsewhere.by-hand': [1, 1, 0],
  'placeholder-empty.by-hand': [1, 1, 0],
  'placeholder-text.by-hand': [1, 1, 0],
  'plain-field.libpdf': [1, 1, 0],
  'plain-field.pdf-lib': [1, 1, 0],
  'plain-field.pyhanko': [1, 1, 0],
  'same-field-twice.by-hand': [1, 1, 0],
  'separate-widget.pdf-lib': [1, 1, 0],
  'separate-widget.pyhanko': [1, 1, 0],
  'several-widgets.pdf-lib': [1, 1, 0],
  'signature-placeholder-zeros.by-hand': [1, 1, 0],
  'signed-and-empty.pyhanko': [1, 2, 1],
  'signed.pyhanko': [1, 1, 1],
  'startxref-without-number.by-hand': [1, 1, 0],
  'text-field-only.pdf-lib': [1, 0, 0],
  'two-fields.pdf-lib': [1, 2, 0],
  'two-fields.pyhanko': [1, 2, 0],
  'type-on-widget.by-hand': [1, 1, 0],
  'widget-outside-form.pdf-lib': [1, 0, 0],
  'wrong-offsets.by-hand': [1, 1, 0],
  'wrong-startxref.by-hand': [1, 1, 0],
  'xfa-static-without-fields.by-hand': [1, 0, 0],
  'xfa-static.by-hand': [1, 1, 0],
  'xfa-without-fields.by-hand': [1, 0, 0],
  'xref-size-absurd.by-hand': [1, 1, 0],
};

const hiddenField = (field: string): object => ({
  warnings: [`has the signature field "${field}", which is hidden or has no size: nobody can see it`],
});
const fieldWithoutPage = (field: string): object => ({
  unplacedFields: 1,
  warnings: [`has the signature field "${field}", which stands on no page: nobody can sign in it`],
});

/** The readable files that have a warning, or that nobody can sign. All others are fine. */
const WITH_WARNINGS: Readonly<Record<string, object>> = {
  'certified-no-changes-without-permissions.by-hand': { isLocked: true },
  'certified-no-changes.by-hand': { isLocked: true },
  'certified-outside-the-form.by-hand': { isLocked: true },
  'cyclic-parent.by-hand': fieldWithoutPage('a'),
  'field-flat.by-hand': hiddenField('Customer'),
  'field-hidden.by-hand': hiddenField('Customer'),
  'field-not-viewed.by-hand': hiddenField('Customer'),
  'field-of-a-deleted-page.by-hand': fieldWithoutPage('Customer'),
  'field-with-widgets-on-deleted-pages.by-hand': fieldWithoutPage('Customer'),
  'field-zero-rect.by-hand': hiddenField('Customer'),
  'null-value.by-hand': fieldWithoutPage('signature'),
  'pages-doubling.by-hand': fieldWithoutPage('Customer'),
  'plain-field.libpdf': fieldWithoutPage('signature'),
  'type-on-widget.by-hand': fieldWithoutPage('signature'),
};

const REFUSED: Readonly<Record<string, RegExp>> = {
  'after-end-beginning-of-a-revision.by-hand': CUT_OFF,
  'bomb-in-cross-reference-stream.by-hand': TOO_COSTLY,
  'bomb-in-object-stream.by-hand': TOO_COSTLY,
  'bomb-without-cross-references.by-hand': TOO_COSTLY,
  'certificate-encrypted.pyhanko': ENCRYPTED,
  'cyclic-kids.by-hand': /^is damaged: a field of its form contains itself$/,
  'cyclic-pages.by-hand': /^is damaged: its page tree contains itself$/,
  'cyclic-type.by-hand': /^is damaged: a reference in it leads nowhere$/,
  'deep-arrays.by-hand': NO_CATALOG,
  'deep-dictionaries.by-hand': NO_CATALOG,
  'deep-kids.by-hand': /^is damaged: the fields of its form are nested too deep$/,
  'empty.by-hand': /^is empty$/,
  'garbage.by-hand': NO_CATALOG,
  'header-only.by-hand': END_MISSING,
  'junk-after-end.by-hand': CUT_OFF,
  'kid-of-itself.by-hand': /^is damaged: a field of its form contains itself$/,
  'letter-docx.by-hand': /^is not a PDF$/,
  'missing-catalog.by-hand': NO_CATALOG,
  'missing-page-tree.by-hand': /^is damaged: its pages are missing$/,
  'missing-page.by-hand': /^is damaged: one of its pages is missing$/,
  'no-pages.by-hand': /^is damaged: it has no pages$/,
  'pages-doubling-beyond-reason.by-hand': /^is damaged: it has more than 1000000 pages$/,
  'owner-password-rc4.qpdf': ENCRYPTED,
  'owner-password.pyhanko': ENCRYPTED,
  'owner-password.qpdf': ENCRYPTED,
  'picture-png.by-hand': /^is not a PDF$/,
  'truncated-before-end-mark.by-hand': END_MISSING,
  'truncated-last-revision.pyhanko': CUT_OFF,
  'truncated-linearized.qpdf': END_MISSING,
  'truncated.by-hand': END_MISSING,
  'user-password.pyhanko': ENCRYPTED,
  'user-password.qpdf': ENCRYPTED,
  'without-eof-mark.by-hand': END_MISSING,
  'wrong-offsets-encrypted.by-hand': ENCRYPTED,
  'xfa-dynamic.by-hand': XFA,
};

const NO_WARNINGS = { unplacedFields: 0, isLocked: false, warnings: [] };
const pathOf = (name: string): string => join(FOLDER, `${name}.pdf`);
const inspector = createPdfInspector();
const temporary = mkdtempSync(join(tmpdir(), 'pdf-inspection-'));

afterAll(() => {
  rmSync(temporary, { recursive: true });
});

test('every test PDF has an expected verdict', () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.pdf'));
  const expected = [...Object.keys(READABLE), ...Object.keys(REFUSED)].map((name) => `${name}.pdf`);
  expect(files.sort()).toEqual(expected.sort());
});

test.concurrent.each(Object.entries(READABLE))(
  '%s has %j pages, signature fields, signed ones',
  async (name, counts) => {
    const content = readFileSync(pathOf(name));
    const [pages, fields, signedFields] = counts;
    const sha256 = createHash('sha256').update(content).digest('hex');
    await expect(inspector.inspect(pathOf(name))).resolves.toEqual({
      ok: true,
      inspection: {
        bytes: content.length,
        sha256,
        pages,
        fields,
        signedFields,
        ...NO_WARNINGS,
        ...WITH_WARNINGS[name],
      },
    });
  },
);

test.concurrent.each(Object.entries(REFUSED))(
  '%s is refused, and the sentence says why: %s',
  async (name, problem) => {
    await expect(inspector.inspect(pathOf(name))).resolves.toEqual({
      ok: false,
      problem: expect.stringMatching(problem) as unknown,
    });
  },
);

test.each([
  ['contract.pdf', 2],
  ['terms.pdf', 1],
])('the example %s has one empty signature field', async (name, pages) => {
  const verdict = await inspector.inspect(resolve(process.cwd(), 'examples', name));
  expect(verdict).toMatchObject({ ok: true, inspection: { pages, fields: 1, signedFields: 0 } });
});

test('a truncated PDF is refused wherever it was cut', async () => {
  const content = readFileSync(pathOf('field-added-later.pyhanko'));
  const path = join(temporary, 'cut.pdf');
  const firstRevision = content.indexOf('%%EOF') + '%%EOF'.length;
  const accepted: number[] = [];
  for (let length = content.length - 8; length > firstRevision + 2; length -= 97) {
    writeFileSync(path, content.subarray(0, length));
    if ((await inspector.inspect(path)).ok) accepted.push(length);
  }
  expect(accepted).toEqual([]);
});

test('a file above the size that all documents may have together is refused without being read', async () => {
  const path = join(temporary, 'large.pdf');
  writeFileSync(path, '%PDF-1.7\n');
  truncateSync(path, 50_000_001);
  const problem = 'is larger than the 50 MB that all documents together may have';
  await expect(inspector.inspect(path)).resolves.toEqual({ ok: false, problem });
});

test('a missing file is an error, not a verdict on a document', async () => {
  await expect(inspector.inspect(join(temporary, 'missing.pdf'))).rejects.toThrow(
    /could not be read \(ENOENT\)/,
  );
});

test('a folder is an error, not a verdict on a document', async () => {
  await expect(inspector.inspect(temporary)).rejects.toThrow(/could not be read \(not a file\)/);
});
