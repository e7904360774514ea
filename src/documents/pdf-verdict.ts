/** What is known of a PDF that can be signed. Size, SHA-256 and the rest come from the same bytes, read once. */
export interface PdfInspection {
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** See `contentMacOf`: a secret. */
  readonly mac: string;
  /** At least 1. */
  readonly pages: number;
  /** Signature fields, signed ones included; a field with several widgets is one field. */
  readonly fields: number;
  /** Those of `fields` that hold a signature already. */
  readonly signedFields: number;
}

/** Either the facts, or a `problem` that completes the sentence "contract.pdf …" and says what to do where it can. */
export type PdfVerdict =
  | { readonly ok: true; readonly inspection: PdfInspection }
  | { readonly ok: false; readonly problem: string };
