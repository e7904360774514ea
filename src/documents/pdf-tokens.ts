import {
  type PDFContext,
  PDFDict,
  PDFName,
  PDFNumber,
  type PDFObject,
  PDFObjectParser,
} from '@cantoo/pdf-lib';
import type { PdfBudget } from './pdf-budget.js';
import { PdfDamaged } from './pdf-problems.js';

const WHITE_SPACE = new Set([0x00, 0x09, 0x0a, 0x0c, 0x0d, 0x20]);
/** A token ends before `<`, `[`, `/` or `(` without white space between, as in `trailer<<`. */
const OPENING = new Set([0x3c, 0x5b, 0x2f, 0x28]);
const MAX_TOKEN = 32;
const END_OF_STREAM = 'endstream';

/** Bytes with objects in them, and what they may cost. */
export interface PdfBytes {
  readonly bytes: Buffer;
  readonly context: PDFContext;
  readonly budget: PdfBudget;
}

/** A stream with its data as it is packed. */
export interface PackedStream {
  readonly dictionary: PDFDict;
  readonly data: Buffer;
}

/** Reads plain words and numbers from a place in a PDF, and objects by the library's parser. */
export class PdfTokens {
  readonly #source: PdfBytes;
  readonly #bytes: Buffer;
  #place: number;

  constructor(source: PdfBytes, place: number) {
    if (!Number.isSafeInteger(place) || place < 0 || place >= source.bytes.length) {
      throw new PdfDamaged('its cross-references lead out of it');
    }
    this.#source = source;
    this.#bytes = source.bytes;
    this.#place = place;
  }

  word(): string {
    this.#skipWhiteSpace();
    const start = this.#place;
    while (this.#place < this.#bytes.length && this.#place - start < MAX_TOKEN) {
      const byte = this.#bytes[this.#place] ?? 0;
      if (WHITE_SPACE.has(byte) || OPENING.has(byte)) break;
      this.#place += 1;
    }
    return this.#bytes.toString('latin1', start, this.#place);
  }

  number(): number {
    return numberIn(this.word());
  }

  /** The object that follows: of a stream, its dictionary. */
  object(): PDFObject {
    const { context, budget } = this.#source;
    const { workLeft } = budget;
    const parser = ObjectParser.at(this.#bytes.subarray(this.#place, this.#place + workLeft), context);
    try {
      return parser.parseObject();
    } finally {
      this.#place += parser.place;
      // An object that is longer than what is left is cut off there.
      budget.parsed(parser.place < workLeft ? parser.place : Infinity);
    }
  }

  /** The object that follows `12 0 obj`. @throws {PdfDamaged} if another number, or none, stands there */
  numberedObject(number?: number): PDFObject {
    const found = this.number();
    this.number();
    if (this.word() !== 'obj' || (number !== undefined && found !== number)) {
      throw new PdfDamaged('its cross-references are wrong');
    }
    return this.object();
  }

  /** The stream that follows `12 0 obj`; `resolve` finds a /Length that stands elsewhere. @throws {PdfDamaged} if there is none */
  numberedStream(
    number?: number,
    resolve = (object?: PDFObject): PDFObject | undefined => object,
  ): PackedStream {
    const dictionary = this.numberedObject(number);
    if (!(dictionary instanceof PDFDict) || this.word() !== 'stream')
      throw new PdfDamaged('one of its streams is missing');
    if (this.#bytes[this.#place] === 0x0d) this.#place += 1;
    if (this.#bytes[this.#place] === 0x0a) this.#place += 1;
    const length = resolve(dictionary.get(PDFName.of('Length')));
    const start = this.#place;
    const end = this.#endOfStream(length instanceof PDFNumber ? start + length.asNumber() : -1);
    return { dictionary, data: this.#bytes.subarray(start, end) };
  }

  /** Where the data ends that begins here: where it is said to, or else before the next word that ends a stream. */
  #endOfStream(promised: number): number {
    const start = this.#place;
    if (promised >= start && promised < this.#bytes.length) {
      this.#place = promised;
      if (this.word().startsWith(END_OF_STREAM)) return promised;
    }
    const found = this.#bytes.indexOf(END_OF_STREAM, start);
    this.#source.budget.visited(Math.ceil(((found === -1 ? this.#bytes.length : found) - start) / 1024));
    if (found === -1) throw new PdfDamaged('one of its streams has no end');
    return found;
  }

  #skipWhiteSpace(): void {
    const start = this.#place;
    while (WHITE_SPACE.has(this.#bytes[this.#place] ?? -1)) this.#place += 1;
    this.#source.budget.parsed(this.#place - start);
  }
}

interface MadeParser {
  readonly bytes: ConstructorParameters<typeof PDFObjectParser>[0];
}

/** The library's parser, but for what a stream holds: of its data only what is needed is looked at. */
class ObjectParser extends PDFObjectParser {
  static at(bytes: Uint8Array, context: PDFContext): ObjectParser {
    // The constructor takes a stream of bytes, whose class the library does not export: another parser has made one.
    const { bytes: stream } = PDFObjectParser.forBytes(bytes, context) as unknown as MadeParser;
    return new ObjectParser(stream, context);
  }

  get place(): number {
    return this.bytes.offset();
  }

  protected override parseDictOrStream(): PDFDict {
    return this.parseDict();
  }
}

export function numberIn(word: string): number {
  if (!/^\d+$/.test(word)) throw new PdfDamaged('its cross-references are unreadable');
  return Number(word);
}
