import type { PDFDict } from '@cantoo/pdf-lib';

/**
 * Where an object stands: at this place in the file; where the number is negative, in the object stream with that number
 * but for its sign; and where it is `FREED`, nowhere. A number, since a file can have very many.
 */
export type PdfReference = number;

export const FREED: PdfReference = 0;

export const insideStream = (stream: number): PdfReference => -stream;

/** The cross-references of one revision, or of a hybrid file's second half. */
export interface ReferenceSection {
  readonly references: ReadonlyMap<number, PdfReference>;
  readonly trailer: PDFDict;
}
