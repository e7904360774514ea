import {
  PDFArray,
  type PDFContext,
  PDFDict,
  PDFName,
  PDFNumber,
  type PDFObject,
  PDFObjectParser,
} from '@cantoo/pdf-lib';
import { constants, inflateSync } from 'node:zlib';
import type { PdfBudget } from './budget.js';
import { PdfDamagedError } from './budget.js';

/** Real streams have one or two. */
const MAX_FILTERS = 4;

const DECODERS: Readonly<Record<string, (data: Buffer, budget: PdfBudget) => Buffer>> = {
  FlateDecode: inflate,
  ASCIIHexDecode: (data) => Buffer.from(data.toString('latin1').replaceAll(/[^0-9A-Fa-f]/g, ''), 'hex'),
};

/**
 * The bytes of a cross-reference or object stream. Decodes the filters that such streams have in practice.
 * @throws {PdfRefusedError} beyond the budget
 * @throws {PdfDamagedError} if the stream has another filter, or its data is broken
 */
export function decodeStream({ dictionary, data }: EncodedStream, budget: PdfBudget): Buffer {
  budget.chargeStream();
  const parameters = readList(dictionary, 'DecodeParms');
  const filters = readList(dictionary, 'Filter');
  if (filters.length > MAX_FILTERS) throw new PdfDamagedError('one of its parts is packed too often');
  return filters.reduce<Buffer>((encoded, filter, index) => {
    const decode = filter instanceof PDFName ? DECODERS[filter.decodeText()] : undefined;
    if (decode === undefined) throw new PdfDamagedError('one of its parts is packed in an unknown way');
    return undoPredictor(decode(encoded, budget), parameters[index]);
  }, data);
}

function readList(dictionary: PDFDict, key: string): readonly PDFObject[] {
  const value = dictionary.get(PDFName.of(key));
  if (value === undefined) return [];
  return value instanceof PDFArray ? value.asArray() : [value];
}

function inflate(data: Buffer, budget: PdfBudget): Buffer {
  try {
    // Some producers leave out the end of the stream; decode the data before it.
    const finishFlush = constants.Z_SYNC_FLUSH;
    const unpacked = inflateSync(data, {
      maxOutputLength: Math.max(1, budget.remainingUnpacked),
      finishFlush,
    });
    budget.chargeUnpacked(unpacked.length);
    return unpacked;
  } catch (error) {
    if (error instanceof RangeError) budget.chargeUnpacked(Infinity);
    throw error instanceof Error && 'code' in error
      ? new PdfDamagedError('one of its parts cannot be unpacked')
      : error;
  }
}

/** Undoes the PNG predictors (ISO 32000-2, 7.4.4.4) in place: the first byte of each row is its filter type. */
function undoPredictor(data: Buffer, parameters: PDFObject | undefined): Buffer {
  const readParameter = (key: string, defaultValue: number): number => {
    const value = parameters instanceof PDFDict ? parameters.get(PDFName.of(key)) : undefined;
    return value instanceof PDFNumber ? value.asNumber() : defaultValue;
  };
  const predictor = readParameter('Predictor', 1);
  if (predictor === 1) return data;
  if (predictor < 10 || readParameter('BitsPerComponent', 8) !== 8)
    throw new PdfDamagedError('one of its parts is packed in an unknown way');
  const bytesPerPixel = readParameter('Colors', 1);
  return undoPngPredictor(data, bytesPerPixel * readParameter('Columns', 1), bytesPerPixel);
}

/** A row gets shorter by its first byte, so writing never overtakes reading. */
function undoPngPredictor(data: Buffer, width: number, bytesPerPixel: number): Buffer {
  if (!(width >= 1 && bytesPerPixel >= 1)) throw new PdfDamagedError('one of its parts cannot be unpacked');
  const rows = Math.floor(data.length / (width + 1));
  for (let row = 0; row < rows; row += 1) {
    const filterType = data[row * (width + 1)] ?? 0;
    for (let column = 0; column < width; column += 1) {
      const offset = row * width + column;
      const left = column < bytesPerPixel ? 0 : (data[offset - bytesPerPixel] ?? 0);
      const up = row === 0 ? 0 : (data[offset - width] ?? 0);
      const upLeft = column < bytesPerPixel || row === 0 ? 0 : (data[offset - width - bytesPerPixel] ?? 0);
      data[offset] = (data[row * (width + 1) + 1 + column] ?? 0) + predict(filterType, left, up, upLeft);
    }
  }
  return data.subarray(0, rows * width);
}

function predict(filterType: number, left: number, up: number, upLeft: number): number {
  if (filterType === 1) return left;
  if (filterType === 2) return up;
  if (filterType === 3) return Math.floor((left + up) / 2);
  return filterType === 4 ? predictPaeth(left, up, upLeft) : 0;
}

function predictPaeth(left: number, up: number, upLeft: number): number {
  const estimate = left + up - upLeft;
  const [a, b, c] = [Math.abs(estimate - left), Math.abs(estimate - up), Math.abs(estimate - upLeft)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : upLeft;
}

const WHITE_SPACE = new Set([0x00, 0x09, 0x0a, 0x0c, 0x0d, 0x20]);
/** A token ends before `<`, `[`, `/` or `(`, even without white space between, as in `trailer<<`. */
const DELIMITERS = new Set([0x3c, 0x5b, 0x2f, 0x28]);
const MAX_TOKEN_BYTES = 32;
const END_OF_STREAM = 'endstream';

/** Bytes that hold objects, and the budget for reading them. */
export interface PdfSource {
  readonly bytes: Buffer;
  readonly context: PDFContext;
  readonly budget: PdfBudget;
}

/** A stream with its encoded data. */
export interface EncodedStream {
  readonly dictionary: PDFDict;
  readonly data: Buffer;
}

/** Reads words and numbers from an offset in a PDF, and objects by the library's parser. */
export class PdfTokenizer {
  readonly #source: PdfSource;
  readonly #bytes: Buffer;
  #offset: number;

  constructor(source: PdfSource, offset: number) {
    if (!Number.isSafeInteger(offset) || offset < 0 || offset >= source.bytes.length) {
      throw new PdfDamagedError('its cross-references lead out of it');
    }
    this.#source = source;
    this.#bytes = source.bytes;
    this.#offset = offset;
  }

  readWord(): string {
    this.#skipWhiteSpace();
    const start = this.#offset;
    while (this.#offset < this.#bytes.length && this.#offset - start < MAX_TOKEN_BYTES) {
      const byte = this.#bytes[this.#offset] ?? 0;
      if (WHITE_SPACE.has(byte) || DELIMITERS.has(byte)) break;
      this.#offset += 1;
    }
    return this.#bytes.toString('latin1', start, this.#offset);
  }

  readNumber(): number {
    return parseNumber(this.readWord());
  }

  /** The next object; of a stream, its dictionary. */
  readObject(): PDFObject {
    const { context, budget } = this.#source;
    const { remainingWork } = budget;
    const parser = ObjectParser.create(
      this.#bytes.subarray(this.#offset, this.#offset + remainingWork),
      context,
    );
    try {
      return parser.parseObject();
    } finally {
      this.#offset += parser.offset;
      // The parser got only as many bytes as the budget has left.
      budget.chargeParsed(parser.offset < remainingWork ? parser.offset : Infinity);
    }
  }

  /** The object that follows `12 0 obj`. @throws {PdfDamagedError} if its number is not `expectedNumber` */
  readIndirectObject(expectedNumber?: number): PDFObject {
    const number = this.readNumber();
    this.readNumber();
    if (this.readWord() !== 'obj' || (expectedNumber !== undefined && number !== expectedNumber)) {
      throw new PdfDamagedError('its cross-references are wrong');
    }
    return this.readObject();
  }

  /** The stream that follows `12 0 obj`; `resolve` finds an indirect /Length. @throws {PdfDamagedError} if there is none */
  readStream(
    expectedNumber?: number,
    resolve = (length?: PDFObject): PDFObject | undefined => length,
  ): EncodedStream {
    const dictionary = this.readIndirectObject(expectedNumber);
    if (!(dictionary instanceof PDFDict) || this.readWord() !== 'stream')
      throw new PdfDamagedError('one of its streams is missing');
    if (this.#bytes[this.#offset] === 0x0d) this.#offset += 1;
    if (this.#bytes[this.#offset] === 0x0a) this.#offset += 1;
    const length = resolve(dictionary.get(PDFName.of('Length')));
    const start = this.#offset;
    const end = this.#findEndOfStream(length instanceof PDFNumber ? start + length.asNumber() : -1);
    return { dictionary, data: this.#bytes.subarray(start, end) };
  }

  /** The end of the data that begins here: the declared end if it is right, or else the next `endstream`. */
  #findEndOfStream(declaredEnd: number): number {
    const start = this.#offset;
    if (declaredEnd >= start && declaredEnd < this.#bytes.length) {
      this.#offset = declaredEnd;
      if (this.readWord().startsWith(END_OF_STREAM)) return declaredEnd;
    }
    const found = this.#bytes.indexOf(END_OF_STREAM, start);
    this.#source.budget.chargeVisits(Math.ceil(((found === -1 ? this.#bytes.length : found) - start) / 1024));
    if (found === -1) throw new PdfDamagedError('one of its streams has no end');
    return found;
  }

  #skipWhiteSpace(): void {
    const start = this.#offset;
    while (WHITE_SPACE.has(this.#bytes[this.#offset] ?? -1)) this.#offset += 1;
    this.#source.budget.chargeParsed(this.#offset - start);
  }
}

interface ParserInternals {
  readonly bytes: ConstructorParameters<typeof PDFObjectParser>[0];
}

/** Real objects nest some ten levels deep. */
const MAX_NESTING = 500;

/** The library's parser, which stops after a stream's dictionary instead of reading its data. */
class ObjectParser extends PDFObjectParser {
  #depth = 0;

  static create(bytes: Uint8Array, context: PDFContext): ObjectParser {
    // The constructor takes a byte stream, whose class the library does not export; another parser creates one.
    const { bytes: stream } = PDFObjectParser.forBytes(bytes, context) as unknown as ParserInternals;
    return new ObjectParser(stream, context);
  }

  get offset(): number {
    return this.bytes.offset();
  }

  /** Bounded, since the depth that the engine's stack allows differs from run to run. */
  override parseObject(): PDFObject {
    if (this.#depth === MAX_NESTING) throw new RangeError('an object is nested too deep');
    this.#depth += 1;
    try {
      return super.parseObject();
    } finally {
      this.#depth -= 1;
    }
  }

  protected override parseDictOrStream(): PDFDict {
    return this.parseDict();
  }
}

export function parseNumber(word: string): number {
  if (!/^\d+$/.test(word)) throw new PdfDamagedError('its cross-references are unreadable');
  return Number(word);
}
