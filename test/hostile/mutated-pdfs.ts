import fc from 'fast-check';
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const FOLDER = resolve('test/pdf');

/** Files that need all time or memory of an inspection. Another test covers each of them once. */
const COSTLY = /^(bomb|endless|deep|doubling)/;

/** PDFs of all producers, intact and damaged. */
export const CORPUS: readonly Buffer[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.pdf') && !COSTLY.test(name))
  .sort()
  .map((name) => readFileSync(join(FOLDER, name)));

/** Tokens of the PDF syntax, and hostile replacements for them. */
const REPLACEMENTS = [
  '/Type', '/Kids', '/Parent', '/Pages', '/Page', '/Count', '/AcroForm', '/Fields', '/FT', '/Sig', '/V', '/T', '/XFA',
  '/Encrypt', '/Prev', '/XRefStm', '/Size', '/Root', '/Index', '/W', '/N', '/First', '/Extends', '/Length', '/Filter',
  '/FlateDecode', '/ASCIIHexDecode', '/DecodeParms', '/Predictor', '/Columns', '/ObjStm', '/XRef', '/Catalog',
  '0', '1', '-1', '2', '7', '65535', '4294967296', '9007199254740993', '99999999999999999999', '1e9', '0.5', '-',
  'obj', 'endobj', 'stream', 'endstream', 'R', '1 0 R', '2 0 R', '99 0 R', 'null', 'true', 'xref', 'trailer', 'startxref',
  '%%EOF', '<<', '>>', '[', ']', '(', ')', '<', '>', '{', '}', '%', '/', '/#', '/#00', '\\', '[['.repeat(500), '<<'.repeat(500),
  '('.repeat(1000), '/A '.repeat(300), '1 0 R '.repeat(300), '\u0000', '\r', '',
]; // prettier-ignore

const TOKENS =
  /\/[A-Za-z]+|\d+|\b(?:obj|endobj|stream|endstream|R|xref|trailer|startxref)\b|<<|>>|[[\]()<>%]/g;

type Mutation = (pdf: Buffer) => Buffer;

/** An offset relative to the length, from 0 to below 1, evenly distributed. */
const relativeOffset = fc.noBias(fc.nat(999_999)).map((millionths) => millionths / 1_000_000);
const toOffset = (pdf: Buffer, where: number): number => Math.floor(where * pdf.length);

const flipBits = fc
  .tuple(relativeOffset, fc.integer({ min: 1, max: 255 }))
  .map(([where, bits]): Mutation => (pdf) => {
    const changed = Buffer.from(pdf);
    if (changed.length > 0) changed[toOffset(pdf, where)] = (changed[toOffset(pdf, where)] ?? 0) ^ bits;
    return changed;
  });

const truncate = relativeOffset.map(
  (where): Mutation =>
    (pdf) =>
      pdf.subarray(0, toOffset(pdf, where)),
);

/** Cuts the file off, and appends the end of an intact file. */
const removeBytes = fc.tuple(relativeOffset, fc.integer({ min: 1, max: 400 })).map(
  ([where, length]): Mutation =>
    (pdf) =>
      Buffer.concat([pdf.subarray(0, toOffset(pdf, where)), pdf.subarray(toOffset(pdf, where) + length)]),
);

const splice = fc
  .tuple(relativeOffset, fc.constantFrom(...CORPUS), relativeOffset, fc.integer({ min: 1, max: 2000 }))
  .map(
    ([where, other, from, length]): Mutation =>
      (pdf) =>
        Buffer.concat([
          pdf.subarray(0, toOffset(pdf, where)),
          other.subarray(toOffset(other, from), toOffset(other, from) + length),
          pdf.subarray(toOffset(pdf, where)),
        ]),
  );

/** Replaces a token. `inPlace` keeps every offset, so that the cross-references stay valid. */
const replaceToken = fc
  .tuple(relativeOffset, fc.constantFrom(...REPLACEMENTS), fc.boolean())
  .map(([where, word, inPlace]): Mutation => (pdf) => {
    const tokens = [...pdf.toString('latin1').matchAll(TOKENS)];
    const token = tokens[Math.floor(where * tokens.length)];
    if (token === undefined) return pdf;
    const [old] = token;
    const fitted = inPlace ? word.slice(0, old.length).padEnd(old.length) : word;
    const rest = pdf.subarray(token.index + old.length);
    return Buffer.concat([pdf.subarray(0, token.index), Buffer.from(fitted, 'latin1'), rest]);
  });

/** Appends a revision with an arbitrary table and trailer. */
const appendRevision = fc
  .tuple(
    fc.array(fc.constantFrom(...REPLACEMENTS), { maxLength: 12 }),
    fc.array(fc.constantFrom(...REPLACEMENTS), { maxLength: 12 }),
    relativeOffset,
  )
  .map(([table, trailer, where]): Mutation => (pdf) => {
    const more = `\nxref\n${table.join(' ')}\ntrailer\n<< ${trailer.join(' ')} /Prev ${toOffset(pdf, where)} >>\n`;
    return Buffer.concat([pdf, Buffer.from(`${more}startxref\n${pdf.length + 1}\n%%EOF\n`, 'latin1')]);
  });

/** A PDF of the corpus with one to four mutations. */
export const arbitraryMutatedPdf: fc.Arbitrary<Buffer> = fc
  .tuple(
    fc.constantFrom(...CORPUS),
    fc.array(
      fc.oneof(
        { arbitrary: replaceToken, weight: 6 },
        { arbitrary: flipBits, weight: 3 },
        { arbitrary: splice, weight: 2 },
        { arbitrary: removeBytes, weight: 2 },
        { arbitrary: appendRevision, weight: 2 },
        { arbitrary: truncate, weight: 1 },
      ),
      { minLength: 1, maxLength: 4 },
    ),
  )
  .map(([pdf, mutations]) => mutations.reduce((changed, mutate) => mutate(changed), pdf));
