import { deflateSync } from 'node:zlib';
import { withForm, writePdf } from './costly-pdfs.js';
import { type StreamPdf, VALID_STREAM_PDF, packObjects, writeStreamPdf } from './stream-pdfs.js';

const MEGABYTE = 1024 * 1024;
const NEARLY_ALL = 900_000;

const repeated = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join('');

/** A file without cross-references, so that the reader scans it. */
const scanned = (content: string | Buffer): Buffer =>
  Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.from(content), Buffer.from('\nstartxref\n0\n%%EOF\n')]);

const packedObject = (number: number, entries: string, data: Buffer): Buffer => {
  const packed = deflateSync(data, { level: 9 });
  const head = `${number} 0 obj<<${entries}/Filter/FlateDecode/Length ${packed.length}>>stream\n`;
  return Buffer.concat([Buffer.from(head), packed, Buffer.from('\nendstream endobj\n')]);
};

/** Six objects in an object stream, with this form among them. */
const packedForm = (form: string): Buffer => {
  const objects = ['<</Type/Catalog/Pages 2 0 R/AcroForm 4 0 R>>', '<</Type/Pages/Kids[3 0 R]>>', '<</Type/Page>>', form];
  return writeStreamPdf({
    ...VALID_STREAM_PDF,
    rows: Uint8Array.from([0, 0, 0, 0, 2, 0, 5, 0, 2, 0, 5, 1, 2, 0, 5, 2, 2, 0, 5, 3, 1, 0, 9, 0, 0, 0, 0, 0]),
    ...packObjects(objects),
  });
}; // prettier-ignore

const odd =
  (change: Partial<StreamPdf>): (() => Buffer) =>
  () =>
    writeStreamPdf({ ...VALID_STREAM_PDF, ...change });

/** Files of up to a megabyte. Each costs a reader that trusts it much time or memory. */
export const COSTLY_SMALL_PDFS: Readonly<Record<string, () => Buffer>> = {
  'a row of cross-references as wide as a trillion': odd({ widths: [1e12, 0, 0] }),
  'rows of which each column is as wide as a trillion': odd({ widths: [1e12, 1e12, 1e12], index: [0, 0] }),
  'cross-references for more objects than there are bytes': odd({ size: 3e14 }),
  'ranges of cross-references that begin beyond all numbers': odd({ index: [9e15, 9e15] }),
  'a million ranges of nothing': odd({ index: Array.from({ length: 4e5 }, () => 0) }),
  'predictors with a trillion columns': odd({ parameters: '/Predictor 12/Columns 1000000000000' }),
  'predictors with a trillion colours': odd({ parameters: '/Predictor 12/Colors 1000000000000' }),
  'an object stream whose objects begin behind its end': odd({ first: 1e15 }),
  'an object stream with a million objects of the same number': odd({ objects: '1 0 '.repeat(1e6), count: 1e6, first: 0 }),
  'an object stream that names four hundred thousand objects': odd({
    objects: repeated(4e5, (index) => `${index} 0 `), count: 4e5, first: 0,
  }),
  'thirty megabytes of cross-references': odd({ widths: [0, 1, 0], size: 31e6, rows: Buffer.alloc(31e6) }),
  'a form of thirty megabytes of dictionaries': () => packedForm(`<</Fields[${'<<>>'.repeat(7.5e6)}]>>`),
  'a form of thirty megabytes of references': () => packedForm(`<</Fields[${'9 0 R '.repeat(5e6)}]>>`),
  'a form of thirty megabytes of text': () => packedForm(`<</Fields[]/DA(${'a'.repeat(3e7)})>>`),
  'a form of many names': () => packedForm(`<</Fields[${repeated(3e5, (index) => `/${index}`)}]>>`),
  'a field with signature contents of thirty megabytes': () =>
    packedForm(`<</Fields[${`<</FT/Sig/V<</Contents<${'0'.repeat(1.4e7)}>>>>>`.repeat(2)}]>>`),
  'texts that overlap': () => scanned(repeated(4e4, (index) => `${index + 9} 0 obj( /XRef`) + ')'.repeat(4e4)),
  'texts that overlap as fields of a form': () => {
    const refs = repeated(3e4, (index) => `${index + 9} 0 R `);
    const overlapping = repeated(3e4, (index) => `${index + 9} 0 obj(`) + ')'.repeat(3e4);
    const form = `1 0 obj<</Pages 2 0 R/AcroForm<</Fields[${refs}]>>>>endobj 2 0 obj<</Kids[3 0 R]>>endobj 3 0 obj<<>>endobj`;
    return scanned(`${form} ${overlapping} trailer<</Root 1 0 R>>`);
  },
  'comments that overlap': () => scanned(repeated(4e4, (index) => `${index + 9} 0 obj%/XRef `)),
  'trailers without an end': () => scanned('trailer<<'.repeat(1e5)),
  'trailers that overlap': () => scanned(`${'trailer<</A('.repeat(7e4)}${')'.repeat(7e4)}`),
  'beginnings of objects': () => scanned('1 0 obj\n'.repeat(NEARLY_ALL / 8)),
  'object streams without an end': () => scanned('1 0 obj<</Type/ObjStm/N 1/First 1>>stream\n'.repeat(2e4)),
  'ten thousand small object streams': () =>
    scanned(Buffer.concat(Array.from({ length: 8e3 }, (_, index) =>
      packedObject(index + 9, '/Type/ObjStm/N 1/First 4', Buffer.from('5 0 <<>>'))))),
  'object streams that each unpack to a megabyte': () =>
    scanned(Buffer.concat(Array.from({ length: 400 }, (_, index) =>
      packedObject(index + 9, '/Type/ObjStm/N 1/First 4', Buffer.alloc(MEGABYTE, ' '))))),
  'an object stream that is packed a hundred thousand times': () =>
    scanned(`1 0 obj<</Type/ObjStm/N 1/First 1/Filter[${'/FlateDecode'.repeat(7e4)}]/Length 0>>stream\nendstream`),
  'digits': () => scanned('1'.repeat(NEARLY_ALL)),
  'white space before the end': () => scanned(' '.repeat(NEARLY_ALL)),
  'pages as deep as there is room': () => {
    const node = (index: number): string => `<</Type/Pages/Kids[${index + 3} 0 R]>>`;
    return writePdf('<</Type/Catalog/Pages 2 0 R>>', ...Array.from({ length: 12_000 }, (_, index) => node(index)), '<<>>');
  },
  'a page tree that doubles on every level': () => {
    const node = (index: number): string => `<</Kids[${index + 3} 0 R ${index + 3} 0 R]>>`;
    return writePdf('<</Type/Catalog/Pages 2 0 R>>', ...Array.from({ length: 60 }, (_, index) => node(index)), '<<>>');
  },
  'pages that share one list of a hundred thousand annotations': () =>
    writePdf(
      '<</Type/Catalog/Pages 2 0 R>>',
      `<</Kids[${repeated(2000, (index) => `${index + 4} 0 R `)}]>>`,
      `[${'9 0 R '.repeat(1e5)}]`,
      ...Array.from({ length: 2000 }, () => '<</Annots 3 0 R>>'),
    ),
  'ten thousand fields that share a long name and a long type': () =>
    withForm(
      `<</Fields[${repeated(9000, (index) => `${index + 7} 0 R `)}]>>`,
      `/${'A'.repeat(1e5)}`,
      `(${'a'.repeat(2e5)})`,
      ...Array.from({ length: 9000 }, () => '<</FT 5 0 R/T 6 0 R>>'),
    ),
  'ten thousand signature fields that are on no page': () =>
    withForm(
      `<</Fields[${repeated(9000, (index) => `${index + 6} 0 R `)}]>>`,
      `(${'a'.repeat(2e5)})`,
      ...Array.from({ length: 9000 }, () => '<</FT/Sig/T 5 0 R>>'),
    ),
  'ten thousand fields that share the contents of one signature': () =>
    withForm(
      `<</Fields[${repeated(9000, (index) => `${index + 6} 0 R `)}]>>`,
      `<${'0'.repeat(2e5)}>`,
      ...Array.from({ length: 9000 }, () => '<</FT/Sig/V<</Contents 5 0 R>>>>'),
    ),
}; // prettier-ignore
