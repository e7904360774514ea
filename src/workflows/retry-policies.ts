const MAX_POLL_PAUSE_MS = 30 * 60_000;
const POLL_BACKOFF = 1.5;

/**
 * Milliseconds until the next look at a session's documents: the first interval, grown by half with every look, up to
 * half an hour (or the first interval, where that is longer), and spread by ±20 % so that sessions started together do
 * not ask together. `chance` is a random number from 0 to 1; `retryAfterMs`, the vendor's wish, is never undercut.
 */
export function pollPauseMs(poll: number, firstMs: number, random: number, retryAfterMs = 0): number {
  const maxMs = Math.max(MAX_POLL_PAUSE_MS, firstMs);
  // The exponent is bounded because an interval that has reached the ceiling need not be computed further.
  const backoffMs = Math.min(maxMs, firstMs * POLL_BACKOFF ** Math.min(poll - 1, 60));
  return Math.round(Math.max(retryAfterMs, backoffMs * (0.8 + 0.4 * random)));
}

/**
 * The first interval, in milliseconds, of looks that are likely to fail: ten times as long, but half an hour at most, where
 * the usual one is not longer itself.
 */
export function slowPollMs(firstMs: number): number {
  return Math.max(firstMs, Math.min(10 * firstMs, MAX_POLL_PAUSE_MS));
}

/** Milliseconds until a call that surely had no effect is made again: 1 s, doubled each time, up to 10 minutes. */
export function retryPauseMs(attempt: number, retryAfterMs = 0): number {
  return Math.max(retryAfterMs, Math.min(10 * 60_000, 1000 * 2 ** Math.min(attempt - 1, 20)));
}

/** The least throughput to count on when asking whether an upload can still end in time, in bytes a second. */
const MIN_UPLOAD_BYTES_PER_SECOND = 256 * 1024;
const UPLOAD_MARGIN_MS = 30_000;

/** How long an upload URL should still be valid, in milliseconds, before an upload of so many bytes begins. */
export function minUrlLifetimeMs(bytes: number): number {
  return UPLOAD_MARGIN_MS + Math.ceil((bytes / MIN_UPLOAD_BYTES_PER_SECOND) * 1000);
}

/** How long a callback is tried. */
const CALLBACK_LIFETIME_MS = 3 * 24 * 60 * 60_000;
/** Even one that has waited for its turn all the time. */
const MIN_CALLBACK_LIFETIME_MS = 60 * 60_000;
const FIRST_CALLBACK_PAUSE_MS = 5_000;
const CALLBACK_BACKOFF = 3;
const MAX_CALLBACK_PAUSE_MS = 4 * 60 * 60_000;
const MAX_CALLBACK_RETRY_AFTER_MS = 6 * 60 * 60_000;
const MIN_CALLBACK_RETRY_AFTER_MS = 60_000;

/** Milliseconds for which a callback is tried from now on: three days since it happened, and an hour at least. */
export function callbackTimeoutMs(happenedAt: number, now: number): number {
  return Math.max(MIN_CALLBACK_LIFETIME_MS, happenedAt + CALLBACK_LIFETIME_MS - now);
}

/**
 * Milliseconds until a callback is tried again: 5 s, three times as long each time, up to 4 hours, spread by ±20 %.
 * `retryAfterMs`, the CRM's wish, counts instead: up to 6 hours, and down to a minute once the pauses are longer.
 */
export function callbackPauseMs(attempt: number, random: number, retryAfterMs?: number): number {
  const backoffMs = FIRST_CALLBACK_PAUSE_MS * CALLBACK_BACKOFF ** Math.min(attempt - 1, 20);
  const pauseMs = Math.min(MAX_CALLBACK_PAUSE_MS, backoffMs) * (0.8 + 0.4 * random);
  if (retryAfterMs === undefined) return Math.round(pauseMs);
  const minMs = Math.min(pauseMs, MIN_CALLBACK_RETRY_AFTER_MS);
  return Math.round(Math.min(MAX_CALLBACK_RETRY_AFTER_MS, Math.max(minMs, retryAfterMs)));
}
