import { PdfDamaged, PdfRefused } from './pdf-problems.js';
import { checkEnds } from './pdf-ends.js';
import { contentsOf, type PdfContents } from './pdf-contents.js';
import { referencedObjects } from './pdf-referenced-objects.js';
import { scannedObjects } from './pdf-scanned-objects.js';

export type PdfReading = PdfContents | { readonly problem: string };

/**
 * Reads a PDF as a viewer does: by its cross-references, where the newest revision decides; and where those do not hold,
 * by scanning the whole file, where the last definition of an object decides. What can be read either way is readable.
 * Never throws for what the bytes are, but may use time and memory without bound: call it where both are limited.
 */
export async function readPdf(bytes: Buffer): Promise<PdfReading> {
  try {
    checkEnds(bytes);
    return byReferences(bytes) ?? contentsOf(await scannedObjects(bytes));
  } catch (error) {
    if (error instanceof PdfRefused) return { problem: error.message };
    const why = error instanceof PdfDamaged ? error.message : 'its structure cannot be read';
    return { problem: `is damaged: ${why}` };
  }
}

/** Undefined where the cross-references, or what they lead to, do not hold. */
function byReferences(bytes: Buffer): PdfContents | undefined {
  try {
    return contentsOf(referencedObjects(bytes));
  } catch (error) {
    if (error instanceof PdfRefused) throw error;
    return undefined;
  }
}
