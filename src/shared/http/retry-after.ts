const MAX_MS = 24 * 60 * 60_000;

/** All three forms of an HTTP date begin with one (RFC 9110, 5.6.7). `Date.parse` also accepts other texts, such as -5. */
const WEEKDAY = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/;
const TIME_ZONE = /([A-Z]{1,4}|[+-]\d{2}:?\d{2})$/;

/**
 * Milliseconds that a Retry-After header asks to wait, from seconds or an HTTP date; at most a day, never negative.
 * `undefined` if the header is absent or neither.
 */
export function parseRetryAfter(header: string | string[] | undefined, now: number): number | undefined {
  const value = (Array.isArray(header) ? header[0] : header)?.trim() ?? '';
  const ms = /^\d+$/.test(value)
    ? Number(value) * 1000
    : WEEKDAY.test(value)
      ? parseHttpDate(value) - now
      : NaN;
  return Number.isNaN(ms) ? undefined : Math.min(MAX_MS, Math.max(0, ms));
}

/** Every HTTP date is in GMT. C's `asctime` form omits the zone, and `Date.parse` would read it as local time. */
function parseHttpDate(date: string): number {
  return Date.parse(TIME_ZONE.test(date) ? date : `${date} GMT`);
}
