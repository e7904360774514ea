import { Buffer } from 'node:buffer';
import { compressedPdf, onePage, rawPdf } from './raw-pdf.mjs';

const widget = (entries) =>
  `<< /Type /Annot /Subtype /Widget /FT /Sig /T (Customer) /Rect [72 100 272 160] ${entries} >>`;
const withPages = (objects) => ({ ...onePage('4 0 R', { 4: widget('/P 3 0 R') }), ...objects });
const good = rawPdf(withPages({}));
const appended = (text) => Buffer.concat([good, Buffer.from(text, 'latin1')]);

/** The customer's empty field, and a field with another signature. */
const signed = (signature, catalog = '') =>
  rawPdf({
    ...onePage('4 0 R 5 0 R', {
      4: widget('/P 3 0 R'),
      5: '<< /FT /Sig /T (Bank) /Subtype /Widget /Rect [72 200 272 260] /P 3 0 R /V 6 0 R >>',
      6: `<< /Type /Sig /Filter /Adobe.PPKLite ${signature} >>`,
    }),
    1: `<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R 5 0 R] >> ${catalog} >>`,
  });

const CONTENTS = '/Contents <3082AB>';
const certified = (parameters) =>
  `${CONTENTS} /Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << ${parameters} >> >>]`;
const PERMS = '/Perms << /DocMDP 6 0 R >>';

const placeholder = (contents) =>
  rawPdf(withPages({ 4: widget('/P 3 0 R /V 6 0 R'), 6: `<< /Type /Sig /Contents ${contents} >>` }));

/** Every level names the next one twice. */
function doublingPages(levels) {
  const objects = { 2: '<< /Type /Pages /Kids [10 0 R] >>' };
  for (let level = 10; level < 10 + levels; level += 1) {
    objects[level] = `<< /Type /Pages /Kids [${level + 1} 0 R ${level + 1} 0 R] >>`;
  }
  return { ...objects, [10 + levels]: '<< /Type /Page >>' };
}

const withoutType = { 1: '<< /Pages 2 0 R /AcroForm << /Fields [4 0 R] >> >>' };

/** Files that are neither damaged nor hostile. Their verdict depends on what signing needs. */
export const signing = () => ({
  'pages-shared-on-levels': rawPdf(
    withPages({
      2: '<< /Type /Pages /Kids [5 0 R 6 0 R 5 0 R] >>',
      5: '<< /Type /Pages /Kids [3 0 R] >>',
      6: '<< /Type /Pages /Kids [5 0 R 3 0 R] >>',
    }),
  ),
  'pages-doubling': rawPdf(withPages(doublingPages(10))),
  'pages-doubling-beyond-reason': rawPdf(withPages(doublingPages(60))),
  'field-listed-by-a-page': rawPdf(
    withPages({ 3: '<< /Type /Page /Parent 2 0 R /Annots 5 0 R >>', 4: widget('/P 9 0 R'), 5: '[4 0 R]' }),
  ),
  'field-with-a-widget-on-a-deleted-page': rawPdf(
    withPages({
      4: '<< /FT /Sig /T (Customer) /Kids [5 0 R 6 0 R] >>',
      5: '<< /Subtype /Widget /Parent 4 0 R /Rect [72 100 272 160] /P 9 0 R >>',
      6: '<< /Subtype /Widget /Parent 4 0 R /Rect [72 100 272 160] /P 3 0 R >>',
      9: '<< /Type /Page >>',
    }),
  ),
  'field-with-widgets-on-deleted-pages': rawPdf(
    withPages({
      4: '<< /FT /Sig /T (Customer) /Kids [5 0 R] >>',
      5: '<< /Subtype /Widget /Parent 4 0 R /Rect [72 100 272 160] /P 9 0 R >>',
      9: '<< /Type /Page /Parent 2 0 R /Annots [5 0 R] >>',
    }),
  ),
  'field-not-viewed': rawPdf(withPages({ 4: widget('/P 3 0 R /F 36') })),
  'field-hidden-once': rawPdf(
    withPages({
      4: '<< /FT /Sig /T (Customer) /Kids [5 0 R 6 0 R] >>',
      5: '<< /Subtype /Widget /Rect [72 100 272 160] /F 2 /P 3 0 R >>',
      6: '<< /Subtype /Widget /Rect [72 100 272 160] /P 3 0 R >>',
    }),
  ),
  'field-flat': rawPdf(withPages({ 4: '<< /FT /Sig /T (Customer) /Rect [72 100 272 100] /P 3 0 R >>' })),
  'certified-no-changes-without-permissions': signed(certified('/P 1')),
  'certified-form-filling': signed(certified('/P 2'), PERMS),
  'certified-annotating': signed(certified('/P 3'), PERMS),
  'certified-by-default': signed(certified('/V /1.2'), PERMS),
  'certified-by-a-placeholder': signed(certified('/P 1').replace('3082AB', '000000'), PERMS),
  'certified-outside-the-form': rawPdf(
    withPages({
      1: `<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] >> ${PERMS} >>`,
      6: `<< /Type /Sig ${certified('/P 1')} >>`,
    }),
  ),
  'placeholder-text': placeholder('(\\000\\000\\000\\000)'),
  'placeholder-empty': placeholder('<>'),
  'placeholder-elsewhere': rawPdf(
    withPages({ 4: widget('/P 3 0 R /V 6 0 R'), 6: '<< /Type /Sig /Contents 7 0 R >>', 7: '<00 00>' }),
  ),
  'after-end-zeros': appended('\0'.repeat(3000)),
  'after-end-page-of-a-server': appended(`\n<html>${'<p>Thank you.</p>'.repeat(300)}</html>\n`),
  'after-end-beginning-of-a-revision': appended('7 0 o'),
  'catalog-without-type-in-object-streams': compressedPdf(withPages(withoutType)),
  'catalog-without-type-and-cross-references': rawPdf(withPages(withoutType), { shift: 7 }),
});
