import { PDFParser } from '@cantoo/pdf-lib';
import { encrypted } from './pdf-problems.js';
import type { PdfObjects } from './pdf-objects.js';

/**
 * All objects of a file, found by reading it from the beginning to the end without its cross-references: the last
 * definition of an object counts, and one that a later revision merely freed is still there.
 * @throws {PdfRefused} if any revision names encryption
 */
export async function scannedObjects(bytes: Buffer): Promise<PdfObjects> {
  const context = await PDFParser.forBytesWithOptions(bytes, Infinity).parseDocument();
  if (context.trailerInfo.Encrypt !== undefined) throw encrypted();
  return { catalog: context.trailerInfo.Root, find: (reference) => context.lookup(reference) };
}
