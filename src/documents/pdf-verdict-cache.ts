import type { PdfVerdict } from './pdf-verdict.js';

const MAX_VERDICTS = 500;

/** Verdicts by the SHA-256 of the bytes: the same bytes always have the same one. Forgets what was not asked for longest. */
export interface VerdictCache {
  get(sha256: string | undefined): PdfVerdict | undefined;
  set(sha256: string, verdict: PdfVerdict): void;
}

export function createVerdictCache(most = MAX_VERDICTS): VerdictCache {
  const verdicts = new Map<string, PdfVerdict>();
  const set = (sha256: string, verdict: PdfVerdict): void => {
    verdicts.delete(sha256);
    verdicts.set(sha256, verdict);
    const [oldest] = verdicts.keys();
    if (verdicts.size > most && oldest !== undefined) verdicts.delete(oldest);
  };
  return {
    get: (sha256 = '') => {
      const verdict = verdicts.get(sha256);
      if (verdict !== undefined) set(sha256, verdict);
      return verdict;
    },
    set,
  };
}
