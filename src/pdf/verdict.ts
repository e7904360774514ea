/** What one inspection may use. Other programs on the machine do not count. */
export interface InspectionLimits {
  /** Processor time of the inspecting process, which does not pass while the machine is paused or busy. */
  readonly seconds: number;
  /** Resident memory of the whole inspecting process: about 75 MB before it opens a file. */
  readonly memoryBytes: number;
}

/** First the process reads a file, then it inspects the content, unless its SHA-256 has a cached verdict. */
export type InspectionJob =
  { readonly kind: 'read'; readonly path: string; readonly limits: InspectionLimits } | InspectJob;

export interface InspectJob {
  readonly kind: 'inspect';
  readonly limits: InspectionLimits;
}

/** Answers a job. Only an answer can be a verdict, since a process may also end for reasons outside the file. */
export type InspectionAnswer = InspectionResult & {
  /** The process ends after this answer. */
  readonly isLast?: boolean;
};

export type InspectionResult =
  | { readonly kind: 'content'; readonly sha256: string }
  | { readonly kind: 'verdict'; readonly verdict: PdfVerdict }
  | { readonly kind: 'unreadable-file'; readonly code: string }
  | { readonly kind: 'beyond-limit'; readonly limit: keyof InspectionLimits };

/** The facts of a PDF that matter for signing it. */
export interface PdfFacts {
  /** At least 1. */
  readonly pages: number;
  /** Signature fields, including signed ones; a field with several widgets is one field. */
  readonly fields: number;
  /** Those of `fields` that hold a signature. */
  readonly signedFields: number;
  /** Those of `fields` that are empty and on no page, so that nobody can sign in them. */
  readonly unplacedFields: number;
  /** Whether a signature forbids every change: a further signature would break it. */
  readonly isLocked: boolean;
  /** What a person should check before sending. Each completes the sentence "contract.pdf …". */
  readonly warnings: readonly string[];
}

/** The facts of a readable PDF. Size, SHA-256 and the rest come from the same bytes, read once. */
export interface PdfInspection extends PdfFacts {
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** The facts, or a `problem` that completes the sentence "contract.pdf …" and, where possible, says what to do. */
export type PdfVerdict =
  | { readonly ok: true; readonly inspection: PdfInspection }
  | { readonly ok: false; readonly problem: string };
