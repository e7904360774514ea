import { PDFArray, PDFDict, PDFName, PDFNumber } from '@cantoo/pdf-lib';
import type { PdfBudget } from './budget.js';
import { PdfDamagedError } from './budget.js';
import { PdfTokenizer, decodeStream, parseNumber } from './tokenizer.js';
import type { EncodedStream, PdfSource } from './tokenizer.js';

const createUnreadableError = (): PdfDamagedError =>
  new PdfDamagedError('its cross-references are unreadable');

/** A cross-reference stream (ISO 32000-2, 7.5.8): rows of three numbers, each of the width that /W gives. */
function readCrossReferenceStream(stream: EncodedStream, budget: PdfBudget): CrossReferenceSection {
  const { dictionary } = stream;
  if (dictionary.get(PDFName.of('Type')) !== PDFName.of('XRef')) throw createUnreadableError();
  const [kindWidth = 0, secondWidth = 0, thirdWidth = 0] = readNumbers(dictionary, 'W');
  const rowWidth = kindWidth + secondWidth + thirdWidth;
  if (rowWidth < 1) throw createUnreadableError();
  const data = decodeStream(stream, budget);
  const references = new Map<number, CrossReference>();
  let offset = 0;
  const readField = (width: number): number => {
    let value = 0;
    for (const end = offset + width; offset < end; offset += 1) value = value * 256 + (data[offset] ?? 0);
    return value;
  };
  for (const [first, count] of readRanges(dictionary)) {
    if (offset + count * rowWidth > data.length) throw createUnreadableError();
    budget.chargeObjects(count);
    for (let index = 0; index < count; index += 1) {
      const kind = kindWidth === 0 ? 1 : readField(kindWidth);
      references.set(first + index, toCrossReference(kind, readField(secondWidth)));
      offset += thirdWidth;
    }
  }
  return { references, trailer: dictionary };
}

function toCrossReference(kind: number, second: number): CrossReference {
  if (kind === 1) return second;
  // A reader takes unknown kinds as null.
  return kind === 2 ? inObjectStream(second) : FREE;
}

/** /Index: pairs of first object number and count; without it, all objects from 0. */
function readRanges(dictionary: PDFDict): readonly (readonly [number, number])[] {
  const index = readNumbers(dictionary, 'Index');
  const pairs: [number, number][] = [];
  for (let at = 0; at + 1 < index.length; at += 2) pairs.push([index[at] ?? 0, index[at + 1] ?? 0]);
  if (pairs.length > 0) return pairs;
  const size = dictionary.get(PDFName.of('Size'));
  if (!(size instanceof PDFNumber)) throw createUnreadableError();
  return [[0, size.asNumber()]];
}

function readNumbers(dictionary: PDFDict, key: string): readonly number[] {
  const value = dictionary.get(PDFName.of(key));
  if (!(value instanceof PDFArray)) return [];
  return value.asArray().map((element) => {
    if (
      !(element instanceof PDFNumber) ||
      !Number.isSafeInteger(element.asNumber()) ||
      element.asNumber() < 0
    ) {
      throw createUnreadableError();
    }
    return element.asNumber();
  });
}

/**
 * Where an object is: a positive number is its offset in the file, a negative one the negated number of its object stream,
 * and `FREE` means nowhere. Plain numbers, because a file can have very many.
 */
export type CrossReference = number;

export const FREE: CrossReference = 0;

export const inObjectStream = (stream: number): CrossReference => -stream;

/** The cross-references of one revision, or of the stream part of a hybrid file. */
export interface CrossReferenceSection {
  readonly references: ReadonlyMap<number, CrossReference>;
  readonly trailer: PDFDict;
}

export interface CrossReferences {
  /** By object number; the newest revision wins. */
  readonly references: ReadonlyMap<number, CrossReference>;
  /** From the newest to the oldest. */
  readonly trailers: readonly PDFDict[];
}

/** `startxref` is within the last KiB; some producers pad the end of the file. */
const STARTXREF_WITHIN = 2048;

/** The cross-references of all revisions. @throws {PdfDamagedError} if one of them is wrong */
export function readCrossReferences(source: PdfSource): CrossReferences {
  const references = new Map<number, CrossReference>();
  const trailers: PDFDict[] = [];
  const seenOffsets = new Set<number>();
  const readSectionAt = (offset: number): PDFDict => {
    if (seenOffsets.has(offset)) throw new PdfDamagedError('its revisions form a circle');
    seenOffsets.add(offset);
    const section = readSection(source, offset);
    trailers.push(section.trailer);
    // In a hybrid file the table lists some objects as free for old readers; the stream has them (ISO 32000-2, 7.5.8.4).
    const hybridOffset = readOffset(section.trailer, 'XRefStm');
    if (hybridOffset !== undefined) readSectionAt(hybridOffset);
    for (const [number, reference] of section.references) {
      if (!references.has(number)) references.set(number, reference);
    }
    return section.trailer;
  };
  let nextOffset: number | undefined = findNewestSection(source);
  while (nextOffset !== undefined) nextOffset = readOffset(readSectionAt(nextOffset), 'Prev');
  return { references, trailers };
}

function findNewestSection(source: PdfSource): number {
  const { bytes } = source;
  const from = Math.max(0, bytes.length - STARTXREF_WITHIN);
  const index = bytes.subarray(from).lastIndexOf('startxref');
  if (index === -1) throw new PdfDamagedError('its cross-references are missing');
  return new PdfTokenizer(source, from + index + 'startxref'.length).readNumber();
}

function readOffset(trailer: PDFDict, key: string): number | undefined {
  const value = trailer.get(PDFName.of(key));
  return value instanceof PDFNumber ? value.asNumber() : undefined;
}

function readSection(source: PdfSource, offset: number): CrossReferenceSection {
  const tokens = new PdfTokenizer(source, offset);
  if (tokens.readWord() === 'xref') return readCrossReferenceTable(tokens, source.budget);
  return readCrossReferenceStream(new PdfTokenizer(source, offset).readStream(), source.budget);
}

function readCrossReferenceTable(tokens: PdfTokenizer, budget: PdfBudget): CrossReferenceSection {
  const references = new Map<number, CrossReference>();
  for (let word = tokens.readWord(); word !== 'trailer'; word = tokens.readWord()) {
    const first = parseNumber(word);
    const count = tokens.readNumber();
    for (let index = 0; index < count; index += 1) {
      references.set(first + index, readTableEntry(tokens));
      budget.chargeObjects(1);
    }
  }
  const trailer = tokens.readObject();
  if (!(trailer instanceof PDFDict)) throw new PdfDamagedError('its cross-references are unreadable');
  return { references, trailer };
}

function readTableEntry(tokens: PdfTokenizer): CrossReference {
  const offset = tokens.readNumber();
  tokens.readNumber();
  const kind = tokens.readWord();
  if (kind !== 'n' && kind !== 'f') throw new PdfDamagedError('its cross-references are unreadable');
  return kind === 'n' ? offset : FREE;
}
