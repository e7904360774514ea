import fc from 'fast-check';
import { deflateSync } from 'node:zlib';

/** The numbers in a PDF with a cross-reference stream, and its compressed bytes. */
export interface StreamPdf {
  readonly widths: readonly number[];
  readonly index: readonly number[];
  readonly size: number;
  readonly parameters: string;
  readonly rows: Uint8Array;
  /** The content of the object stream (number 5), and the number of objects that it declares. */
  readonly objects: string;
  readonly count: number;
  readonly first: number;
}

const OBJECTS = [
  '<</Type/Catalog/Pages 2 0 R/AcroForm 4 0 R>>', '<</Type/Pages/Kids[3 0 R]/Count 1>>', '<</Type/Page/Parent 2 0 R>>',
  '<</Fields[6 0 R]>>', 'null', '<</FT/Sig/T(a)>>',
] as const; // prettier-ignore
const ODD_OBJECTS = [
  '<</Fields[6 0 R 6 0 R 1 0 R]>>', '<</FT/Sig/T(a)/Kids[6 0 R]>>', '<</Kids[2 0 R]>>', '[1 0 R]', '5 0 R', '6 0 R', '<<', '(', '',
]; // prettier-ignore

/** Six objects in a stream, the fifth of which is that stream: one page, one signature field. */
export const VALID_STREAM_PDF: StreamPdf = {
  widths: [1, 2, 1],
  index: [],
  size: 7,
  parameters: '',
  rows: Uint8Array.from([0, 0, 0, 0, 2, 0, 5, 0, 2, 0, 5, 1, 2, 0, 5, 2, 2, 0, 5, 3, 1, 0, 9, 0, 2, 0, 5, 5]),
  ...packObjects(OBJECTS),
};

/** Objects in the format of an object stream, after their numbers and offsets. */
export function packObjects(objects: readonly string[]): Pick<StreamPdf, 'objects' | 'count' | 'first'> {
  let offset = 0;
  const heads = objects.map((object, index) => {
    const head = `${index + 1} ${offset}`;
    offset += object.length + 1;
    return head;
  });
  const head = `${heads.join(' ')}\n`;
  return { objects: head + objects.join(' '), count: objects.length, first: head.length };
}

const number = fc.oneof(
  { arbitrary: fc.nat(20), weight: 24 },
  { arbitrary: fc.constantFrom(-1, 0.5, 255, 65_536, 2 ** 31, Number.MAX_SAFE_INTEGER, 1e20), weight: 1 },
);

/** Values that may differ from those of the valid PDF. */
const arbitraryChanges: { readonly [Key in keyof StreamPdf]: fc.Arbitrary<Pick<StreamPdf, Key>> } = {
  widths: fc.array(number, { maxLength: 4 }).map((widths) => ({ widths })),
  index: fc.array(number, { maxLength: 6 }).map((index) => ({ index })),
  size: number.map((size) => ({ size })),
  parameters: fc
    .record({ Predictor: fc.integer({ min: 8, max: 16 }), Columns: number, Colors: number }, { requiredKeys: ['Predictor'] })
    .map((entries) => ({ parameters: Object.entries(entries).map(([name, value]) => `/${name} ${value}`).join('') })),
  rows: fc
    .array(fc.tuple(fc.nat(3), fc.constantFrom(0, 5, 6, 9, 40, 600), fc.nat(7)), { maxLength: 9 })
    .map((rows) => ({ rows: Uint8Array.from(rows.flatMap(([kind, where, last]) => [kind, where >> 8, where & 255, last])) })),
  objects: fc
    .array(fc.constantFrom(...OBJECTS, ...ODD_OBJECTS), { minLength: 4, maxLength: 7 })
    .map((objects) => ({ ...packObjects(objects) })),
  count: number.map((count) => ({ count })),
  first: number.map((first) => ({ first })),
}; // prettier-ignore

/** New PDFs with one or two odd values in their compressed streams, which a mutation of the file cannot reach. */
export const arbitraryStreamPdf: fc.Arbitrary<Buffer> = fc
  .array(fc.oneof(...Object.values(arbitraryChanges)), { minLength: 1, maxLength: 2 })
  .map((odd) => writeStreamPdf(Object.assign({ ...VALID_STREAM_PDF }, ...odd) as StreamPdf));

/** Writes a file whose outer structure is valid: header, object stream, cross-reference stream, end. */
export function writeStreamPdf(pdf: StreamPdf): Buffer {
  const { widths, index, size, parameters, rows, objects, count, first } = pdf;
  const objectStream = stream(
    5,
    `/Type/ObjStm/N ${count}/First ${first}`,
    deflateSync(Buffer.from(objects, 'latin1')),
  );
  const before = Buffer.concat([Buffer.from('%PDF-1.7\n'), objectStream]);
  const list = (numbers: readonly number[]): string => `[${numbers.join(' ')}]`;
  const entries = [
    `/Type/XRef/Root 1 0 R/Size ${size}/W${list(widths)}`,
    ...(index.length === 0 ? [] : [`/Index${list(index)}`]),
    ...(parameters === '' ? [] : [`/DecodeParms<<${parameters}>>`]),
  ];
  const references = stream(7, entries.join(''), deflateSync(rows));
  return Buffer.concat([before, references, Buffer.from(`startxref\n${before.length}\n%%EOF\n`)]);
}

function stream(number: number, entries: string, data: Buffer): Buffer {
  const head = `${number} 0 obj\n<<${entries}/Filter/FlateDecode/Length ${data.length}>>\nstream\n`;
  return Buffer.concat([Buffer.from(head), data, Buffer.from('\nendstream\nendobj\n')]);
}
