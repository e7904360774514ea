import { PDFDict, PDFName, PDFNumber } from '@cantoo/pdf-lib';
import type { PdfBudget } from './pdf-budget.js';
import { PdfDamaged } from './pdf-problems.js';
import { readReferenceStream } from './pdf-reference-stream.js';
import { FREED, type PdfReference, type ReferenceSection } from './pdf-reference.js';
import { numberIn, type PdfBytes, PdfTokens } from './pdf-tokens.js';

export interface CrossReferences {
  /** By object number; the newest revision wins. */
  readonly references: ReadonlyMap<number, PdfReference>;
  /** From the newest to the oldest. */
  readonly trailers: readonly PDFDict[];
}

/** `startxref` stands within the last KiB; some producers pad the end of the file. */
const START_WITHIN = 2048;

/** The cross-references of all revisions. @throws {PdfDamaged} if any of them does not hold */
export function crossReferences(source: PdfBytes): CrossReferences {
  const references = new Map<number, PdfReference>();
  const trailers: PDFDict[] = [];
  const read = new Set<number>();
  const add = (place: number): PDFDict => {
    if (read.has(place)) throw new PdfDamaged('its revisions form a circle');
    read.add(place);
    const section = readSection(source, place);
    trailers.push(section.trailer);
    // In a hybrid file the stream knows what the table, for old readers, calls free (ISO 32000-2, 7.5.8.4).
    const hybrid = placeIn(section.trailer, 'XRefStm');
    if (hybrid !== undefined) add(hybrid);
    for (const [number, reference] of section.references) {
      if (!references.has(number)) references.set(number, reference);
    }
    return section.trailer;
  };
  let next: number | undefined = newestPlace(source);
  while (next !== undefined) next = placeIn(add(next), 'Prev');
  return { references, trailers };
}

function newestPlace(source: PdfBytes): number {
  const { bytes } = source;
  const from = Math.max(0, bytes.length - START_WITHIN);
  const found = bytes.subarray(from).lastIndexOf('startxref');
  if (found === -1) throw new PdfDamaged('its cross-references are missing');
  return new PdfTokens(source, from + found + 'startxref'.length).number();
}

function placeIn(trailer: PDFDict, key: string): number | undefined {
  const value = trailer.get(PDFName.of(key));
  return value instanceof PDFNumber ? value.asNumber() : undefined;
}

function readSection(source: PdfBytes, place: number): ReferenceSection {
  const tokens = new PdfTokens(source, place);
  if (tokens.word() === 'xref') return readTable(tokens, source.budget);
  return readReferenceStream(new PdfTokens(source, place).numberedStream(), source.budget);
}

function readTable(tokens: PdfTokens, budget: PdfBudget): ReferenceSection {
  const references = new Map<number, PdfReference>();
  for (let word = tokens.word(); word !== 'trailer'; word = tokens.word()) {
    const first = numberIn(word);
    const count = tokens.number();
    for (let index = 0; index < count; index += 1) {
      references.set(first + index, readRow(tokens));
      budget.referenced(1);
    }
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
  return kind === 'n' ? place : FREED;
}
