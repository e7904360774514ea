import { PDFArray, PDFDict, PDFName, type PDFObject, PDFRef, PDFStream } from '@cantoo/pdf-lib';
import type { PdfBudget } from './pdf-budget.js';
import { PdfDamaged } from './pdf-problems.js';

/** References that lead to references: real files have none. */
const MAX_STEPS = 8;

/** The objects of one PDF, however they were found. */
export interface PdfObjects {
  readonly budget: PdfBudget;
  readonly catalog: PDFObject | undefined;
  /** The object behind a reference; undefined where there is none. May throw where the file is damaged. */
  readonly find: (reference: PDFRef) => PDFObject | undefined;
  /** The same without keeping it for the next time: for objects that come in great numbers and are needed once. */
  readonly read: (reference: PDFRef) => PDFObject | undefined;
}

/** The value of a key, behind any references; undefined where it is absent or null. */
export function valueOf(objects: PdfObjects, dictionary: PDFDict, key: string): PDFObject | undefined {
  return resolved(objects, dictionary.get(PDFName.of(key)));
}

export function resolved(
  objects: PdfObjects,
  object: PDFObject | undefined,
  find = objects.find,
): PDFObject | undefined {
  let found = object;
  for (let step = 0; found instanceof PDFRef; step += 1) {
    if (step === MAX_STEPS) throw new PdfDamaged('a reference in it leads nowhere');
    found = find(found);
  }
  return found;
}

/** What two mentions of one object have in common: its number, or the object itself where it has none. */
export const keyOf = (mention: PDFObject): unknown =>
  mention instanceof PDFRef ? mention.objectNumber : mention;

/** The dictionary, a stream's included; undefined for every other kind of object. */
export function asDictionary(object: PDFObject | undefined): PDFDict | undefined {
  if (object instanceof PDFStream) return object.dict;
  return object instanceof PDFDict ? object : undefined;
}

/** Equal names are one object, so that to compare long ones costs nothing. */
export function nameOf(objects: PdfObjects, dictionary: PDFDict, key: string): PDFName | undefined {
  const value = valueOf(objects, dictionary, key);
  return value instanceof PDFName ? value : undefined;
}

export function isNamed(objects: PdfObjects, dictionary: PDFDict, key: string, name: string): boolean {
  return nameOf(objects, dictionary, key) === PDFName.of(name);
}

/** The elements of an array; none where the key is absent or something else. */
export function elementsOf(objects: PdfObjects, dictionary: PDFDict, key: string): readonly PDFObject[] {
  const value = valueOf(objects, dictionary, key);
  if (!(value instanceof PDFArray)) return [];
  objects.budget.visited(value.size());
  return value.asArray();
}
