import { PDFArray, type PDFDict, PDFName, PDFNumber } from '@cantoo/pdf-lib';
import type { PdfBudget } from './pdf-budget.js';
import { FREED, insideStream, type PdfReference, type ReferenceSection } from './pdf-reference.js';
import { PdfDamaged } from './pdf-problems.js';
import { streamData } from './pdf-stream-data.js';
import type { PackedStream } from './pdf-tokens.js';

const unreadable = (): PdfDamaged => new PdfDamaged('its cross-references are unreadable');

/** A cross-reference stream (ISO 32000-2, 7.5.8): rows of three numbers, each of the width that /W gives. */
export function readReferenceStream(stream: PackedStream, budget: PdfBudget): ReferenceSection {
  const { dictionary } = stream;
  if (dictionary.get(PDFName.of('Type')) !== PDFName.of('XRef')) throw unreadable();
  const [kindWidth = 0, secondWidth = 0, thirdWidth = 0] = numbers(dictionary, 'W');
  const rowWidth = kindWidth + secondWidth + thirdWidth;
  if (rowWidth < 1) throw unreadable();
  const data = streamData(stream, budget);
  const references = new Map<number, PdfReference>();
  let place = 0;
  const next = (width: number): number => {
    let value = 0;
    for (const end = place + width; place < end; place += 1) value = value * 256 + (data[place] ?? 0);
    return value;
  };
  for (const [first, count] of ranges(dictionary)) {
    if (place + count * rowWidth > data.length) throw unreadable();
    budget.referenced(count);
    for (let index = 0; index < count; index += 1) {
      const kind = kindWidth === 0 ? 1 : next(kindWidth);
      references.set(first + index, referenceOf(kind, next(secondWidth)));
      place += thirdWidth;
    }
  }
  return { references, trailer: dictionary };
}

function referenceOf(kind: number, second: number): PdfReference {
  if (kind === 1) return second;
  // Kinds that are not known yet are to be taken as null.
  return kind === 2 ? insideStream(second) : FREED;
}

/** /Index: pairs of first object number and count; without it, all objects from 0. */
function ranges(dictionary: PDFDict): readonly (readonly [number, number])[] {
  const index = numbers(dictionary, 'Index');
  const pairs: [number, number][] = [];
  for (let at = 0; at + 1 < index.length; at += 2) pairs.push([index[at] ?? 0, index[at + 1] ?? 0]);
  if (pairs.length > 0) return pairs;
  const size = dictionary.get(PDFName.of('Size'));
  if (!(size instanceof PDFNumber)) throw unreadable();
  return [[0, size.asNumber()]];
}

function numbers(dictionary: PDFDict, key: string): readonly number[] {
  const value = dictionary.get(PDFName.of(key));
  if (!(value instanceof PDFArray)) return [];
  return value.asArray().map((element) => {
    if (
      !(element instanceof PDFNumber) ||
      !Number.isSafeInteger(element.asNumber()) ||
      element.asNumber() < 0
    ) {
      throw unreadable();
    }
    return element.asNumber();
  });
}
