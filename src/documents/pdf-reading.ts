import { PDFContext } from '@cantoo/pdf-lib';
import { PdfBudget } from './pdf-budget.js';
import { PdfDamaged, PdfRefused } from './pdf-problems.js';
import { checkEnds } from './pdf-ends.js';
import { contentsOf } from './pdf-contents.js';
import { referencedObjects } from './pdf-referenced-objects.js';
import { scannedObjects } from './pdf-scanned-objects.js';
import type { PdfBytes } from './pdf-tokens.js';
import type { PdfFacts } from './pdf-verdict.js';

export type PdfReading = PdfFacts | { readonly problem: string };

/**
 * Reads a PDF as a viewer does: by its cross-references, where the newest revision decides; and where those do not hold,
 * by scanning the whole file, where the last definition of an object decides. What can be read either way is readable.
 * Never throws for what the bytes are. What it costs is bounded by `PdfBudget`, and the engine's stack and heap.
 */
export function readPdf(file: Buffer): PdfReading {
  try {
    const bytes = file.subarray(0, checkEnds(file));
    const source = { bytes, context: PDFContext.create(), budget: new PdfBudget(bytes.length) };
    return byReferences(source) ?? contentsOf(scannedObjects(source));
  } catch (error) {
    if (error instanceof PdfRefused) return { problem: error.message };
    const why = error instanceof PdfDamaged ? error.message : 'its structure cannot be read';
    return { problem: `is damaged: ${why}` };
  }
}

/** Undefined where the cross-references, or what they lead to, do not hold. */
function byReferences(source: PdfBytes): PdfFacts | undefined {
  try {
    return contentsOf(referencedObjects(source));
  } catch (error) {
    if (error instanceof PdfRefused) throw error;
    return undefined;
  }
}
