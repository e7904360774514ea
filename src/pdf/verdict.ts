/** What one inspection may use: the file's cost, and nothing that other programs on the machine do. */
export interface InspectionLimits {
  /** Processor time of the inspecting process. A paused or busy machine takes none of it away. */
  readonly seconds: number;
  /** Resident memory of the inspecting process, all of it: about 75 MB before it opens a file. */
  readonly memoryBytes: number;
}

/**
 * What the process that asks sends: first to read a file, then to inspect what was read. A verdict that is known by the
 * SHA-256 spares the second.
 */
export type InspectionJob =
  { readonly kind: 'read'; readonly path: string; readonly limits: InspectionLimits } | InspectJob;

export interface InspectJob {
  readonly kind: 'inspect';
  readonly limits: InspectionLimits;
}

/** What comes back for each job. Only an answer can be a verdict: a process may end for reasons that no file has. */
export type InspectionAnswer = InspectionResult & { readonly isLast?: boolean };

export type InspectionResult =
  | { readonly kind: 'content'; readonly sha256: string }
  | { readonly kind: 'verdict'; readonly verdict: PdfVerdict }
  | { readonly kind: 'unreadable-file'; readonly code: string }
  | { readonly kind: 'beyond-limit'; readonly limit: keyof InspectionLimits };

/** What matters of a PDF for signing it. */
export interface PdfFacts {
  /** At least 1. */
  readonly pages: number;
  /** Signature fields, signed ones included; a field with several widgets is one field. */
  readonly fields: number;
  /** Those of `fields` that hold a signature already. */
  readonly signedFields: number;
  /** Those of `fields` that are empty and stand on no page, so that nobody can sign in them. */
  readonly unplacedFields: number;
  /** Whether a signature in it forbids every change: a further signature would break that one. */
  readonly isLocked: boolean;
  /** What somebody should look at before it is sent. Each completes the sentence "contract.pdf …". */
  readonly warnings: readonly string[];
}

/** What is known of a PDF that can be read. Size, SHA-256 and the rest come from the same bytes, read once. */
export interface PdfInspection extends PdfFacts {
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** Either the facts, or a `problem` that completes the sentence "contract.pdf …" and says what to do where it can. */
export type PdfVerdict =
  | { readonly ok: true; readonly inspection: PdfInspection }
  | { readonly ok: false; readonly problem: string };
