import type { PDFDict } from '@cantoo/pdf-lib';

/** Where an object stands: at a place in the file, in an object stream, or nowhere since it was freed. */
export type PdfReference =
  | { readonly kind: 'at'; readonly place: number }
  | { readonly kind: 'inside'; readonly stream: number; readonly index: number }
  | { readonly kind: 'free' };

/** The cross-references of one revision, or of a hybrid file's second half. */
export interface ReferenceSection {
  readonly references: ReadonlyMap<number, PdfReference>;
  readonly trailer: PDFDict;
}
