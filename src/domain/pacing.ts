const LONGEST_PAUSE_MS = 30 * 60_000;
const POLL_GROWTH = 1.5;

/**
 * Milliseconds until the next look at a session's documents: the first interval, grown by half with every look, up to
 * half an hour (or the first interval, where that is longer), and spread by ±20 % so that sessions started together do
 * not ask together. `chance` is a random number from 0 to 1; `retryAfterMs`, the vendor's wish, is never undercut.
 */
export function pollPauseMs(look: number, firstMs: number, chance: number, retryAfterMs = 0): number {
  const ceiling = Math.max(LONGEST_PAUSE_MS, firstMs);
  // The exponent is bounded because an interval that has reached the ceiling need not be computed further.
  const grown = Math.min(ceiling, firstMs * POLL_GROWTH ** Math.min(look - 1, 60));
  return Math.round(Math.max(retryAfterMs, grown * (0.8 + 0.4 * chance)));
}

/**
 * The first interval, in milliseconds, of looks that are likely to fail: ten times as long, but half an hour at most, where
 * the usual one is not longer itself.
 */
export function slowPollMs(firstMs: number): number {
  return Math.max(firstMs, Math.min(10 * firstMs, LONGEST_PAUSE_MS));
}

/** Milliseconds until a call that surely had no effect is made again: 1 s, doubled each time, up to 10 minutes. */
export function retryPauseMs(failures: number, retryAfterMs = 0): number {
  return Math.max(retryAfterMs, Math.min(10 * 60_000, 1000 * 2 ** Math.min(failures - 1, 20)));
}

/** The least throughput to count on when asking whether an upload can still end in time, in bytes a second. */
const SLOWEST_UPLOAD = 256 * 1024;
const UPLOAD_MARGIN_MS = 30_000;

/** How long an upload URL should still be valid, in milliseconds, before an upload of so many bytes begins. */
export function uploadNeedsMs(bytes: number): number {
  return UPLOAD_MARGIN_MS + Math.ceil((bytes / SLOWEST_UPLOAD) * 1000);
}

/** How long a callback is tried. */
const CALLBACK_MS = 3 * 24 * 60 * 60_000;
/** Even one that has waited for its turn all the time. */
const SHORTEST_CALLBACK_MS = 60 * 60_000;
const FIRST_CALLBACK_PAUSE_MS = 5_000;
const CALLBACK_GROWTH = 3;
const LONGEST_CALLBACK_PAUSE_MS = 4 * 60 * 60_000;
const LONGEST_CALLBACK_WISH_MS = 6 * 60 * 60_000;
const SHORTEST_CALLBACK_WISH_MS = 60_000;

/** Milliseconds for which a callback is tried from now on: three days since it happened, and an hour at least. */
export function callbackPatienceMs(happenedAt: number, now: number): number {
  return Math.max(SHORTEST_CALLBACK_MS, happenedAt + CALLBACK_MS - now);
}

/**
 * Milliseconds until a callback is tried again: 5 s, three times as long each time, up to 4 hours, spread by ±20 %.
 * `retryAfterMs`, the CRM's wish, counts instead: up to 6 hours, and down to a minute once the pauses are longer.
 */
export function callbackPauseMs(attempt: number, chance: number, retryAfterMs?: number): number {
  const grown = FIRST_CALLBACK_PAUSE_MS * CALLBACK_GROWTH ** Math.min(attempt - 1, 20);
  const own = Math.min(LONGEST_CALLBACK_PAUSE_MS, grown) * (0.8 + 0.4 * chance);
  if (retryAfterMs === undefined) return Math.round(own);
  const least = Math.min(own, SHORTEST_CALLBACK_WISH_MS);
  return Math.round(Math.min(LONGEST_CALLBACK_WISH_MS, Math.max(least, retryAfterMs)));
}
