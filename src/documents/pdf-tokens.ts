import { PDFContext, type PDFObject, PDFObjectParser } from '@cantoo/pdf-lib';
import { PdfDamaged } from './pdf-problems.js';

const WHITE_SPACE = new Set([0x00, 0x09, 0x0a, 0x0c, 0x0d, 0x20]);
/** A token ends before `<`, `[`, `/` or `(` without white space between, as in `trailer<<`. */
const OPENING = new Set([0x3c, 0x5b, 0x2f, 0x28]);
const MAX_TOKEN = 32;

/** Reads plain words and numbers from a place in a PDF, and objects by the library's parser. */
export class PdfTokens {
  readonly #bytes: Buffer;
  readonly #context: PDFContext;
  #place: number;

  constructor(bytes: Buffer, place: number, context = PDFContext.create()) {
    if (!Number.isSafeInteger(place) || place < 0 || place >= bytes.length) {
      throw new PdfDamaged('its cross-references lead out of it');
    }
    this.#bytes = bytes;
    this.#place = place;
    this.#context = context;
  }

  word(): string {
    while (WHITE_SPACE.has(this.#bytes[this.#place] ?? -1)) this.#place += 1;
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

  /** The object that follows. Ends the reading: where the object ends is not known. */
  object(): PDFObject {
    return PDFObjectParser.forBytes(this.#bytes.subarray(this.#place), this.#context).parseObject();
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
}

export function numberIn(word: string): number {
  if (!/^\d+$/.test(word)) throw new PdfDamaged('its cross-references are unreadable');
  return Number(word);
}
