import { PDFArray, PDFDict, PDFName, type PDFObject, PDFRef, PDFStream } from '@cantoo/pdf-lib';
import { PdfDamaged } from './pdf-problems.js';

/** References that lead to references: real files have none. */
const MAX_STEPS = 8;

/** The objects of one PDF, however they were found. */
export interface PdfObjects {
  readonly catalog: PDFObject | undefined;
  /** The object behind a reference; undefined where there is none. May throw where the file is damaged. */
  find(reference: PDFRef): PDFObject | undefined;
}

/** The value of a key, behind any references; undefined where it is absent or null. */
export function valueOf(objects: PdfObjects, dictionary: PDFDict, key: string): PDFObject | undefined {
  return resolved(objects, dictionary.get(PDFName.of(key)));
}

export function resolved(objects: PdfObjects, object: PDFObject | undefined): PDFObject | undefined {
  let found = object;
  for (let step = 0; found instanceof PDFRef; step += 1) {
    if (step === MAX_STEPS) throw new PdfDamaged('a reference in it leads nowhere');
    found = objects.find(found);
  }
  return found;
}

/** The dictionary, a stream's included; undefined for every other kind of object. */
export function asDictionary(object: PDFObject | undefined): PDFDict | undefined {
  if (object instanceof PDFStream) return object.dict;
  return object instanceof PDFDict ? object : undefined;
}

export function nameOf(objects: PdfObjects, dictionary: PDFDict, key: string): string | undefined {
  const value = valueOf(objects, dictionary, key);
  return value instanceof PDFName ? value.decodeText() : undefined;
}

/** The elements of an array; none where the key is absent or something else. */
export function elementsOf(objects: PdfObjects, dictionary: PDFDict, key: string): readonly PDFObject[] {
  const value = valueOf(objects, dictionary, key);
  return value instanceof PDFArray ? value.asArray() : [];
}
