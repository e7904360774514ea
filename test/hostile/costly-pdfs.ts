import { deflateSync } from 'node:zlib';
import { VALID_STREAM_PDF, writeStreamPdf } from './stream-pdfs.js';

const MEGABYTE = 1024 * 1024;

/** A file of these objects, in the order of their numbers, with valid cross-references. */
export function writePdf(...objects: readonly (string | Buffer)[]): Buffer {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n')];
  const offsets: number[] = [];
  let length = parts[0]?.length ?? 0;
  objects.forEach((object, index) => {
    const part = Buffer.concat([
      Buffer.from(`${index + 1} 0 obj\n`),
      Buffer.from(object),
      Buffer.from('\nendobj\n'),
    ]);
    offsets.push(length);
    parts.push(part);
    length += part.length;
  });
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}`;
  const trailer = `trailer\n<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${length}\n%%EOF\n`;
  return Buffer.concat([...parts, Buffer.from(table + trailer)]);
}

const CATALOG = '<</Type/Catalog/Pages 2 0 R/AcroForm 4 0 R>>';
const PAGES = '<</Type/Pages/Kids[3 0 R]/Count 1>>';
const PAGE = '<</Type/Page/Parent 2 0 R>>';

/** A file with one page and this form, which is the fourth object. */
export const withForm = (form: string | Buffer, ...more: readonly (string | Buffer)[]): Buffer =>
  writePdf(CATALOG, PAGES, PAGE, form, ...more);

/** Revisions, each of which names any offset as that of the previous one. */
function revisions(count: number, previous: (number: number, offsets: readonly number[]) => number): Buffer {
  let text = '%PDF-1.7\n';
  const offsets: number[] = [];
  for (let number = 0; number < count; number += 1) {
    offsets.push(text.length);
    text += `xref\n0 0\ntrailer\n<</Root 1 0 R/Prev ${previous(number, offsets)}>>\n`;
  }
  return Buffer.from(`${text}startxref\n${offsets.at(-1) ?? 0}\n%%EOF\n`);
}

/** Each of these files has cost some PDF reader minutes or gigabytes. */
export const COSTLY_PDFS: Readonly<Record<string, () => Buffer>> = {
  'arrays a million deep': () => withForm(`<</Fields${'['.repeat(1e6)}>>`),
  'dictionaries a million deep': () => withForm('<</A'.repeat(1e6)),
  'texts a million parentheses deep': () => withForm(`<</Fields[]/DA ${'('.repeat(1e6)}>>`),
  'a catalog that is a chain of a hundred thousand references': () =>
    writePdf(...Array.from({ length: 1e5 }, (_, index) => `${index + 2} 0 R`)),
  'two references that lead to each other': () => writePdf('2 0 R', '1 0 R'),
  'a field with a million kids, all the same': () =>
    withForm('<</Fields[5 0 R]>>', `<</T(a)/FT/Sig/Kids[${'6 0 R '.repeat(1e6)}]>>`, '<</Subtype/Widget>>'),
  'a thousand fields that share one list of a hundred thousand kids': () =>
    withForm(
      `<</Fields[${Array.from({ length: 1000 }, (_, index) => `${index + 6} 0 R`).join(' ')}]>>`,
      `[${'1006 0 R '.repeat(1e5)}]`,
      ...Array.from({ length: 1000 }, (_, index) => `<</T(${index})/FT/Sig/Kids 5 0 R>>`),
      '<</Subtype/Widget>>',
    ),
  'a page tree that is its own grandchild': () =>
    writePdf(CATALOG, '<</Type/Pages/Kids[3 0 R]>>', '<</Kids[2 0 R]>>', '<<>>'),
  'a hundred thousand revisions': () => revisions(1e5, (number, offsets) => offsets[number - 1] ?? 0),
  'revisions that name each other in a circle': () => revisions(3, (number, offsets) => offsets[number] ?? 0),
  'a table of cross-references that promises a trillion rows': () =>
    Buffer.from('%PDF-1.7\nxref\n0 1000000000000\n0000000000 65535 f \nstartxref\n9\n%%EOF'),
  'a table of cross-references with a million rows for one object': () =>
    Buffer.from(
      `%PDF-1.7\nxref\n${'1 1\n0000000009 00000 n \n'.repeat(1e6)}trailer\n<<>>\nstartxref\n9\n%%EOF`,
    ),
  'rows of cross-references as wide as numbers go': () =>
    writeStreamPdf({
      ...VALID_STREAM_PDF,
      widths: [1, Number.MAX_SAFE_INTEGER, 1],
      rows: Buffer.alloc(1000),
    }),
  'sixteen million cross-references in few bytes': () =>
    writeStreamPdf({ ...VALID_STREAM_PDF, widths: [0, 1, 0], size: 17e6, rows: Buffer.alloc(17e6) }),
  'an object stream that promises a trillion objects': () =>
    writeStreamPdf({
      ...VALID_STREAM_PDF,
      rows: Buffer.from([0, 0, 0, 0, 2, 0, 5, 0, 1, 0, 9, 0]),
      count: 1e12,
    }),
  'predictors with rows wider than the data': () =>
    writeStreamPdf({
      ...VALID_STREAM_PDF,
      parameters: '/Predictor 15/Columns 9007199254740991',
      rows: Buffer.alloc(1e6),
    }),
  'cross-references that unpack to 160 megabytes': () =>
    writeStreamPdf({ ...VALID_STREAM_PDF, rows: Buffer.alloc(160 * MEGABYTE) }),
  'cross-references that were packed three times over': () => {
    const packed = deflateSync(deflateSync(Buffer.alloc(200 * MEGABYTE)));
    const one = writeStreamPdf({ ...VALID_STREAM_PDF, rows: packed }).toString('latin1');
    const filters = '/Filter[/FlateDecode/FlateDecode/FlateDecode]';
    return Buffer.from(one.replaceAll('/Filter/FlateDecode', filters), 'latin1');
  },
  'a name of ten megabytes': () => withForm(`<</Fields[]/${'A'.repeat(10 * MEGABYTE)} 1>>`),
  'a million different names': () =>
    withForm(`<<${Array.from({ length: 1e6 }, (_, index) => `/N${index} 1`).join('')}/Fields[]>>`),
  'a comment of twenty megabytes': () => withForm(`%${' '.repeat(20 * MEGABYTE)}\n<</Fields[]>>`),
  'twenty megabytes of white space': () => withForm(`${' '.repeat(20 * MEGABYTE)}<</Fields[]>>`),
  'two million beginnings of objects without cross-references': () =>
    Buffer.from(`%PDF-1.7\n${'1 0 obj\n'.repeat(2e6)}%%EOF`),
  'a million streams without an end': () =>
    Buffer.from(`%PDF-1.7\n${'1 0 obj<<>>stream\n'.repeat(6e4)}%%EOF`),
  'a million numbers that are one digit too long': () =>
    withForm(`<</Fields[${'99999999999999999999 '.repeat(1e6)}]>>`),
  'a header after a kilobyte of invalid headers': () => Buffer.from(`${'%PDF'.repeat(255)}%PDF-1.7\n%%EOF`),
};
