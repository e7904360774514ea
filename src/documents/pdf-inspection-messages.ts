import type { PdfVerdict } from './pdf-verdict.js';

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
  { readonly kind: 'read'; readonly path: string; readonly limits: InspectionLimits } | InspectContent;

export interface InspectContent {
  readonly kind: 'inspect';
  readonly limits: InspectionLimits;
}

/** What comes back for each job. Only an answer can be a verdict: a process may end for reasons that no file has. */
export type InspectionAnswer = Reply & { readonly isLast?: boolean };

export type Reply =
  | { readonly kind: 'content'; readonly sha256: string }
  | { readonly kind: 'verdict'; readonly verdict: PdfVerdict }
  | { readonly kind: 'unreadable-file'; readonly code: string }
  | { readonly kind: 'beyond-limit'; readonly limit: keyof InspectionLimits };
