import { PDFDict, PDFName, PDFNumber } from '@cantoo/pdf-lib';
import { PdfDamaged } from './pdf-problems.js';
import { readReferenceStream } from './pdf-reference-stream.js';
import type { PdfReference, ReferenceSection } from './pdf-reference.js';
import { numberIn, PdfTokens } from './pdf-tokens.js';

export interface CrossReferences {
  /** By object number; the newest revision wins. */
  readonly references: ReadonlyMap<number, PdfReference>;
  /** From the newest to the oldest. */
  readonly trailers: readonly PDFDict[];
}

/** `startxref` stands within the last KiB; some producers pad the end of the file. */
const START_WITHIN = 2048;

/** The cross-references of all revisions. @throws {PdfDamaged} if any of them does not hold */
export function crossReferences(bytes: Buffer): CrossReferences {
  const references = new Map<number, PdfReference>();
  const trailers: PDFDict[] = [];
  const read = new Set<number>();
  const add = (place: number): PDFDict => {
    if (read.has(place)) throw new PdfDamaged('its revisions form a circle');
    read.add(place);
    const section = readSection(bytes, place);
    trailers.push(section.trailer);
    // In a hybrid file the stream knows what the table, for old readers, calls free (ISO 32000-2, 7.5.8.4).
    const hybrid = placeIn(section.trailer, 'XRefStm');
    if (hybrid !== undefined) add(hybrid);
    for (const [number, reference] of section.references) {
      if (!references.has(number)) references.set(number, reference);
    }
    return section.trailer;
  };
  let next: number | undefined = newestPlace(bytes);
  while (next !== undefined) next = placeIn(add(next), 'Prev');
  return { references, trailers };
}

function newestPlace(bytes: Buffer): number {
  const from = Math.max(0, bytes.length - START_WITHIN);
  const found = bytes.subarray(from).lastIndexOf('startxref');
  if (found === -1) throw new PdfDamaged('its cross-references are missing');
  return new PdfTokens(bytes, from + found + 'startxref'.length).number();
}

function placeIn(trailer: PDFDict, key: string): number | undefined {
  const value = trailer.get(PDFName.of(key));
  return value instanceof PDFNumber ? value.asNumber() : undefined;
}

function readSection(bytes: Buffer, place: number): ReferenceSection {
  const tokens = new PdfTokens(bytes, place);
  if (tokens.word() === 'xref') return readTable(tokens);
  return readReferenceStream(new PdfTokens(bytes, place).numberedObject());
}

function readTable(tokens: PdfTokens): ReferenceSection {
  const references = new Map<number, PdfReference>();
  for (let word = tokens.word(); word !== 'trailer'; word = tokens.word()) {
    const first = numberIn(word);
    const count = tokens.number();
    for (let index = 0; index < count; index += 1) references.set(first + index, readRow(tokens));
  }
  const trailer = tokens.object();
  if (!(trailer instanceof PDFDict)) throw new PdfDamaged('its cross-references are unreadable');
  return { references, trailer };
}

function readRow(tokens: PdfTokens): PdfReference {
  const place = tokens.number();
  tokens.number();
  const kind = tokens.word();
  if (kind !== 'n' && kind !== 'f') throw new PdfDamaged('its cross-references are unreadable');
  return kind === 'n' ? { kind: 'at', place } : { kind: 'free' };
}
