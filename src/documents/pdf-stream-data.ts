import { constants, inflateSync } from 'node:zlib';
import { PDFArray, PDFDict, PDFName, PDFNumber, type PDFObject, type PDFRawStream } from '@cantoo/pdf-lib';
import { inflatesTooFar, PdfDamaged } from './pdf-problems.js';

/** Cross-references and object streams of a document of 50 MB are below a tenth of this. */
const MAX_MEBIBYTES = 128;

/**
 * The bytes of a cross-reference or object stream. Knows the one filter such streams have in practice.
 * @throws {PdfRefused} if they are more than 128 MB
 * @throws {PdfDamaged} if there is another filter, or the data is broken
 */
export function streamData(stream: PDFRawStream): Buffer {
  const filters = many(stream.dict, 'Filter');
  const parameters = many(stream.dict, 'DecodeParms');
  return filters.reduce<Buffer>(
    (data, filter, index) => {
      if (filter !== PDFName.of('FlateDecode'))
        throw new PdfDamaged('one of its parts is packed in an unknown way');
      return unpredicted(inflated(data), parameters[index]);
    },
    Buffer.from(stream.contents.buffer, stream.contents.byteOffset, stream.contents.length),
  );
}

function many(dictionary: PDFDict, key: string): readonly PDFObject[] {
  const value = dictionary.get(PDFName.of(key));
  if (value === undefined) return [];
  return value instanceof PDFArray ? value.asArray() : [value];
}

function inflated(data: Buffer): Buffer {
  try {
    // Some producers leave out the end of the stream: what is there is taken.
    return inflateSync(data, {
      maxOutputLength: MAX_MEBIBYTES * 1024 * 1024,
      finishFlush: constants.Z_SYNC_FLUSH,
    });
  } catch (error) {
    if (error instanceof RangeError) throw inflatesTooFar(MAX_MEBIBYTES);
    throw new PdfDamaged('one of its parts cannot be unpacked');
  }
}

/** Undoes the PNG predictors (ISO 32000-2, 7.4.4.4): every row begins with the way it was changed. */
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

function unpredictedRows(data: Buffer, width: number, step: number): Buffer {
  if (!(width >= 1 && step >= 1)) throw new PdfDamaged('one of its parts cannot be unpacked');
  const rows = Math.floor(data.length / (width + 1));
  const output = Buffer.alloc(rows * width);
  for (let row = 0; row < rows; row += 1) {
    const kind = data[row * (width + 1)] ?? 0;
    for (let column = 0; column < width; column += 1) {
      const place = row * width + column;
      const left = column < step ? 0 : (output[place - step] ?? 0);
      const up = row === 0 ? 0 : (output[place - width] ?? 0);
      const upLeft = column < step || row === 0 ? 0 : (output[place - width - step] ?? 0);
      output[place] = (data[row * (width + 1) + 1 + column] ?? 0) + predicted(kind, left, up, upLeft);
    }
  }
  return output;
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
