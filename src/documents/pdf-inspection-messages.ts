import type { PdfVerdict } from './pdf-verdict.js';

/** What the process that asks sends to the one that inspects. */
export interface InspectionJob {
  readonly path: string;
  readonly memoryBytes: number;
}

/** What comes back for each job: a verdict, or why there can be none. After an answer with `isLast` the process ends. */
export type InspectionAnswer = Reply & { readonly isLast?: boolean };

export type Reply =
  | { readonly kind: 'verdict'; readonly verdict: PdfVerdict }
  | { readonly kind: 'unreadable-file'; readonly code: string }
  | { readonly kind: 'out-of-memory' };

/** An ended process says only a number: this one, beyond the memory limit. */
export const OUT_OF_MEMORY_EXIT = 77;
