const LONGEST_MS = 24 * 60 * 60_000;

/**
 * Milliseconds that a Retry-After header asks to wait, from seconds or an HTTP date; at most a day, never negative.
 * `undefined` where the header is absent or says neither.
 */
export function retryAfterMs(header: string | string[] | undefined, now: number): number | undefined {
  const value = Array.isArray(header) ? header[0] : header;
  if (value === undefined || value.trim() === '') return undefined;
  const ms = /^\s*\d+\s*$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(ms) ? undefined : Math.min(LONGEST_MS, Math.max(0, ms));
}
