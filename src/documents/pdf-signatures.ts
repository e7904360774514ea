import { type PDFDict, PDFHexString, PDFNumber, type PDFObject, PDFString } from '@cantoo/pdf-lib';
import { asDictionary, elementsOf, isNamed, type PdfObjects, resolved, valueOf } from './pdf-objects.js';

/** The permission of a certification after which nothing may change (ISO 32000-2, table 257). */
const NO_CHANGES = 1;

/** Tells apart signatures and what merely keeps their place: software that prepares a signature fills /Contents with zeros. */
export function signatureReader(objects: PdfObjects): (value: PDFObject | undefined) => PDFDict | undefined {
  const empty = new Map<PDFObject, boolean>();
  return (value) => {
    const signature = asDictionary(value);
    const contents = signature && valueOf(objects, signature, 'Contents');
    if (contents === undefined) return signature;
    const isEmpty = empty.get(contents) ?? isAllZeros(contents);
    empty.set(contents, isEmpty);
    return isEmpty ? undefined : signature;
  };
}

function isAllZeros(contents: PDFObject): boolean {
  if (contents instanceof PDFHexString) return /^[0\s]*$/.test(contents.asString());
  return contents instanceof PDFString && contents.asBytes().every((byte) => byte === 0);
}

/**
 * Whether one of these signatures forbids every change, so that a further signature would break it. The catalog need not
 * name it: some validators heed it all the same.
 */
export function forbidsChanges(objects: PdfObjects, signatures: Iterable<PDFDict>): boolean {
  return [...signatures].some((signature) =>
    elementsOf(objects, signature, 'Reference').some((element) => {
      const reference = asDictionary(resolved(objects, element));
      if (reference === undefined || !isNamed(objects, reference, 'TransformMethod', 'DocMDP')) return false;
      const parameters = asDictionary(valueOf(objects, reference, 'TransformParams'));
      const permission = parameters && valueOf(objects, parameters, 'P');
      return permission instanceof PDFNumber && permission.asNumber() === NO_CHANGES;
    }),
  );
}
