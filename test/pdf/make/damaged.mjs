import { Buffer } from 'node:buffer';
import { onePage, rawPdf, signatureField, stream } from './raw-pdf.mjs';

const withField = (changes = {}) => ({ ...onePage('4 0 R', { 4: signatureField }), ...changes });
const good = rawPdf(withField());

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** What a word processor's file begins with: a ZIP with one empty entry. */
const zip = Buffer.concat([
  Buffer.from('PK\x03\x04\x14\0\0\0\0\0\0\0!\0\0\0\0\0\0\0\0\0\0\0\0\0\x11\0\0\0word/document.xml', 'latin1'),
  Buffer.from('PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0!\0\0\0\0\0\0\0\0\0\0\0\0\0\x11\0\0\0', 'latin1'),
  Buffer.from('\0\0\0\0\0\0\0\0\0\0\0\0\0\0word/document.xml', 'latin1'),
  Buffer.from('PK\x05\x06\0\0\0\0\x01\0\x01\0?\0\0\0/\0\0\0\0\0', 'latin1'),
]);

const xfa = (fields, more) => ({
  1: `<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [${fields}] /XFA 5 0 R >> ${more} >>`,
  5: '<< /Length 0 >>\nstream\n\nendstream',
});

/** An incremental update whose cross-reference table points to a previous one that is not there. */
const lostRevision = () =>
  Buffer.from(good.toString('latin1').replace('/Root 1 0 R', '/Root 1 0 R /Prev 999999'), 'latin1');

const wrongStart = () =>
  Buffer.from(good.toString('latin1').replace(/startxref\n\d+/, 'startxref\n77'), 'latin1');

/** The second revision frees the field, which the form still names. */
const fieldFreedLater = () => {
  const start = good.length;
  const previous = good.lastIndexOf('xref\n0 ');
  const update = `xref\n4 1\n0000000000 00001 f \ntrailer\n<< /Size 5 /Root 1 0 R /Prev ${previous} >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.concat([good, Buffer.from(update)]);
};

/** A hybrid file: old readers find no form in the table, new ones find catalog and field by its stream. */
const hybrid = () => {
  const catalog = '<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] >> >>';
  const head = `1 0 4 ${catalog.length + 1} `;
  const inside = Buffer.concat([
    Buffer.from('5 0 obj\n'),
    stream(`/Type /ObjStm /N 2 /First ${head.length}`, `${head}${catalog} ${signatureField}`),
    Buffer.from('\nendobj\n'),
  ]);
  const header = '%PDF-1.7\n';
  const rows = Buffer.from([2, 0, 5, 0, 2, 0, 5, 1, 1, 0, header.length, 0]);
  const references = stream('/Type /XRef /Size 6 /W [1 2 1] /Index [1 1 4 2]', rows);
  const offset = header.length + inside.length;
  const front = Buffer.concat([
    Buffer.from(header),
    inside,
    Buffer.from('6 0 obj\n'),
    references,
    Buffer.from('\nendobj\n'),
  ]);
  const { 2: pages, 3: page } = onePage('');
  return rawPdf({ 2: pages, 3: page }, { header: front.toString('latin1'), trailer: `/XRefStm ${offset}` });
};

export const damaged = () => ({
  truncated: good.subarray(0, Math.floor(good.length / 2)),
  'truncated-before-end-mark': good.subarray(0, good.lastIndexOf('%%EOF')),
  'header-only': Buffer.from('%PDF-1.7\n'),
  garbage: Buffer.from(`%PDF-1.7\n${'\x91garbage\x07'.repeat(200)}\nstartxref\n12\n%%EOF\n`, 'latin1'),
  empty: Buffer.alloc(0),
  'wrong-offsets': rawPdf(withField(), { shift: 7 }),
  'wrong-startxref': wrongStart(),
  'missing-revision': lostRevision(),
  'wrong-offsets-encrypted': rawPdf(withField(), { shift: 7, trailer: '/Encrypt 4 0 R' }),
  'junk-before-header': rawPdf(withField(), { header: 'junk of a mail gateway\n%PDF-1.7\n' }),
  'junk-after-end': Buffer.concat([good, Buffer.from('5 0 obj\n<< /Type')]),
  'missing-page-tree': rawPdf(withField({ 1: '<< /Type /Catalog /AcroForm << /Fields [4 0 R] >> >>' })),
  'missing-page': rawPdf(withField({ 2: '<< /Type /Pages /Kids [3 0 R 7 0 R] /Count 2 >>' })),
  'no-pages': rawPdf(withField({ 2: '<< /Type /Pages /Kids [] /Count 0 >>' })),
  'missing-catalog': rawPdf({ 2: '<< /Type /Pages /Kids [] /Count 0 >>' }),
  'field-freed-later': fieldFreedLater(),
  hybrid: hybrid(),
  'missing-field': rawPdf(onePage('4 0 R 7 0 R', { 4: signatureField })),
  'same-field-twice': rawPdf(onePage('4 0 R 4 0 R', { 4: signatureField })),
  'direct-field': rawPdf(onePage(signatureField)),
  'type-on-widget': rawPdf(
    onePage('4 0 R', {
      4: '<< /T (signature) /Kids [5 0 R] >>',
      5: '<< /FT /Sig /Subtype /Widget /Parent 4 0 R >>',
    }),
  ),
  'null-value': rawPdf(onePage('4 0 R', { 4: '<< /FT /Sig /T (signature) /V null >>' })),
  'inherited-value': rawPdf(
    onePage('4 0 R', {
      4: '<< /FT /Sig /T (a) /V 6 0 R /Kids [5 0 R] >>',
      5: '<< /T (b) /Parent 4 0 R >>',
      6: '<< /Type /Sig >>',
    }),
  ),
  'xfa-dynamic': rawPdf(withField(xfa('4 0 R', '/NeedsRendering true'))),
  'xfa-without-fields': rawPdf(withField(xfa('', ''))),
  'xfa-static': rawPdf(withField(xfa('4 0 R', ''))),
  'picture-png': Buffer.from(PNG, 'base64'),
  'letter-docx': zip,
});
