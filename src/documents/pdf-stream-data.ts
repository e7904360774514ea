import { constants, inflateSync } from 'node:zlib';
import { PDFArray, PDFDict, PDFName, PDFNumber, type PDFObject } from '@cantoo/pdf-lib';
import type { PdfBudget } from './pdf-budget.js';
import { PdfDamaged } from './pdf-problems.js';
import type { PackedStream } from './pdf-tokens.js';

/** Real streams have one, or two. */
const MAX_FILTERS = 4;

const FILTERS: Readonly<Record<string, (data: Buffer, budget: PdfBudget) => Buffer>> = {
  FlateDecode: inflated,
  ASCIIHexDecode: (data) => Buffer.from(data.toString('latin1').replaceAll(/[^0-9A-Fa-f]/g, ''), 'hex'),
};

/**
 * The bytes of a cross-reference or object stream. Knows the filters that such streams have in practice.
 * @throws {PdfRefused} beyond what may be unpacked
 * @throws {PdfDamaged} if there is another filter, or the data is broken
 */
export function streamData({ dictionary, data }: PackedStream, budget: PdfBudget): Buffer {
  budget.opened();
  const parameters = many(dictionary, 'DecodeParms');
  const filters = many(dictionary, 'Filter');
  if (filters.length > MAX_FILTERS) throw new PdfDamaged('one of its parts is packed too often');
  return filters.reduce<Buffer>((packed, filter, index) => {
    const unpack = filter instanceof PDFName ? FILTERS[filter.decodeText()] : undefined;
    if (unpack === undefined) throw new PdfDamaged('one of its parts is packed in an unknown way');
    return unpredicted(unpack(packed, budget), parameters[index]);
  }, data);
}

function many(dictionary: PDFDict, key: string): readonly PDFObject[] {
  const value = dictionary.get(PDFName.of(key));
  if (value === undefined) return [];
  return value instanceof PDFArray ? value.asArray() : [value];
}

function inflated(data: Buffer, budget: PdfBudget): Buffer {
  try {
    // Some producers leave out the end of the stream: what is there is taken.
    const finishFlush = constants.Z_SYNC_FLUSH;
    const unpacked = inflateSync(data, { maxOutputLength: Math.max(1, budget.unpackedLeft), finishFlush });
    budget.unpacked(unpacked.length);
    return unpacked;
  } catch (error) {
    if (error instanceof RangeError) budget.unpacked(Infinity);
    throw error instanceof Error && 'code' in error
      ? new PdfDamaged('one of its parts cannot be unpacked')
      : error;
  }
}

/** Undoes the PNG predictors (ISO 32000-2, 7.4.4.4), in place: every row begins with the way it was changed. */
function unpredicted(data: Buffer, parameters: PDFObject | undefined): Buffer {
  const number = (key: string, otherwise: number): number => {
    const value = parameters instanceof PDFDict ? parameters.get(PDFName.of(key)) : undefined;
    return value instanceof PDFNumber ? value.asNumber() : otherwise;
  };
  const predictor = number('Predictor', 1);
  if (predictor === 1) return data;
  if (predictor < 10 || number('BitsPerComponent', 8) !== 8)
    throw new PdfDamaged('one of its parts is packed in an unknown way');
  const step = number('Colors', 1);
  return unpredictedRows(data, step * number('Columns', 1), step);
}

/** A row is shorter without its first byte, so that what is written never reaches what is still to be read. */
function unpredictedRows(data: Buffer, width: number, step: number): Buffer {
  if (!(width >= 1 && step >= 1)) throw new PdfDamaged('one of its parts cannot be unpacked');
  const rows = Math.floor(data.length / (width + 1));
  for (let row = 0; row < rows; row += 1) {
    const kind = data[row * (width + 1)] ?? 0;
    for (let column = 0; column < width; column += 1) {
      const place = row * width + column;
      const left = column < step ? 0 : (data[place - step] ?? 0);
      const up = row === 0 ? 0 : (data[place - width] ?? 0);
      const upLeft = column < step || row === 0 ? 0 : (data[place - width - step] ?? 0);
      data[place] = (data[row * (width + 1) + 1 + column] ?? 0) + predicted(kind, left, up, upLeft);
    }
  }
  return data.subarray(0, rows * width);
}

function predicted(kind: number, left: number, up: number, upLeft: number): number {
  if (kind === 1) return left;
  if (kind === 2) return up;
  if (kind === 3) return Math.floor((left + up) / 2);
  return kind === 4 ? paeth(left, up, upLeft) : 0;
}

function paeth(left: number, up: number, upLeft: number): number {
  const guess = left + up - upLeft;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - upLeft)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : upLeft;
}
