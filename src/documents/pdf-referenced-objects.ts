import { PDFName } from '@cantoo/pdf-lib';
import { crossReferences } from './pdf-cross-references.js';
import { objectsAt } from './pdf-object-places.js';
import type { PdfObjects } from './pdf-objects.js';
import { encrypted } from './pdf-problems.js';
import type { PdfBytes } from './pdf-tokens.js';

/**
 * The objects of a file by its cross-references, where the newest revision decides.
 * @throws {PdfRefused} if any revision names encryption
 * @throws {PdfDamaged} if the cross-references do not hold, here or in `find`
 */
export function referencedObjects(source: PdfBytes): PdfObjects {
  const { references, trailers } = crossReferences(source);
  if (trailers.some((trailer) => trailer.has(PDFName.of('Encrypt')))) throw encrypted();
  return objectsAt(source, references, trailers[0]?.get(PDFName.of('Root')));
}
