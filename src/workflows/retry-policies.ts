import type { ActivityOptions, LocalActivityOptions } from '@temporalio/workflow';
import { UNREADABLE_PAYLOAD } from '../domain/call-failure.js';
import { BACKGROUND_PRIORITY } from './priorities.js';

/**
 * Every budget and pause of activities and workflows, in the order of a signing. "1 s → 5 min": the pause doubles up to
 * the limit, or grows by the factor after "×". A longer Retry-After replaces a pause. "Once locally": as a local activity
 * of 3 s. "503": with a Retry-After; else the outcome is unknown. Pauses of polls and callbacks vary by ±20 %.
 *
 * | call                     | what is retried             | how often, with which pauses                  | until a person is asked   |
 * |--------------------------|-----------------------------|-----------------------------------------------|---------------------------|
 * | checkDocuments           | source unavailable          | 4 attempts, 2 s → 1 min                       | never: fails after 14 s   |
 * |                          | inspection interrupted      | no limit, 2 s → 1 min                         | never                     |
 * | initiateSession          | not sent, 429, 503          | no limit, 1 s → 10 min                        | never                     |
 * |                          | unknown outcome             | by a person, 2 min after the call             | immediately               |
 * | requestUploadUrl         | all but a rejection         | once locally, then no limit, 1 s → 5 min      | rejection: immediately    |
 * | uploadDocument, one URL  | all but a rejection         | 8 attempts, 2 s → 5 min, ×3: 14 min           | rejection: immediately    |
 * | … next URL               | no usable answer, 429, 503  | 8 URLs, 1 s → 10 min                          | about 2 h                 |
 * | … fresh URL              | URL expired or rejected     | 5 URLs in a row, 0 s, then 2 s → 8 s          | 14 s                      |
 * | attachDocument,          | not sent, 429, 503          | no limit, 1 s → 10 min                        | never                     |
 * | handOverSession          | no effect, says the list    | immediately after the last list below         | never                     |
 * |                          | list does not decide        | by a person, after the last list below        | 10 s to 5 min             |
 * | listDocuments, reconcile | effect not listed           | after 10 s; call still running: 10, 50, 240 s | see above                 |
 * |                          | all but a rejection         | no limit, 1 s → 5 min                         | rejection: immediately    |
 * | pollDocuments            | no change, no answer, 429   | no limit, SIGNING_POLL_SECONDS, ×1.5, up to   | never                     |
 * |                          |                             | SIGNING_POLL_MAX_SECONDS                      |                           |
 * |                          | 404, 405, 501 after success | with the pauses of a poll                     | at the third in a row     |
 * |                          | any other rejection         | polls go on, ten times slower                 | immediately               |
 * | listDocuments, asked for | any failure but a rejection | by pollDocuments, after its first pause       | rejection: as above       |
 * | listDocuments, deadline  | every failure               | 6 attempts, 16 s → 256 s: 8 min               | never: the result says it |
 * | validateAdoption         | all but a rejection         | no limit, 1 s → 5 min                         | again, if it does not fit |
 * | deliverCallback          | all but 410                 | 3 days, 5 s → 4 h, ×3                         | never: given up           |
 * | waitForReminder          | nothing is due              | when it is due, and every day                 | never                     |
 */

/** Every attempt sends heartbeats: the server notices a killed worker within half a minute, however long the attempt takes. */
const WITH_HEARTBEAT = { startToCloseTimeout: '5 minutes', heartbeatTimeout: '30 seconds' } as const;

/** Between two heartbeats of an attempt. */
export const HEARTBEAT_INTERVAL_MS = 5_000;

/** How long the server may take to confirm the heartbeat that must precede a call. */
export const HEARTBEAT_CONFIRMATION_TIMEOUT_MS = 10_000;

/** One attempt within the workflow task. It must be short, since the signing answers nobody meanwhile. */
export const LOCAL_ATTEMPT = {
  startToCloseTimeout: '3 seconds',
  retry: { maximumAttempts: 1 },
} as const satisfies LocalActivityOptions;

/** Calls that change nothing: retried until they succeed or are rejected. */
export const IDEMPOTENT_CALL = {
  ...WITH_HEARTBEAT,
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '5 minutes' },
} as const satisfies ActivityOptions;

/**
 * Calls that must not have their effect twice: the server would retry even an attempt whose worker was lost in mid-call.
 * `maximumAttempts` alone is not enough: an operator can raise it, and an activity that was paused gets another attempt.
 * Nobody can change the error types. So a failure that reaches the workflow is always that of the only attempt.
 */
export const NON_IDEMPOTENT_CALL = {
  ...WITH_HEARTBEAT,
  retry: {
    maximumAttempts: 1,
    nonRetryableErrorTypes: ['TemporalTimeout:StartToClose', 'TemporalTimeout:Heartbeat', UNREADABLE_PAYLOAD],
  },
} as const satisfies ActivityOptions;

/**
 * Milliseconds until the workflow retries a call that surely had no effect: 1 s, doubled each time, up to 10 minutes.
 * `retryAfterMs`, the vendor's Retry-After, is never undercut.
 */
export function backoffMs(attempt: number, retryAfterMs = 0): number {
  return Math.max(retryAfterMs, Math.min(10 * 60_000, 1000 * 2 ** Math.min(attempt - 1, 20)));
}

// checkDocuments

/** Twenty documents of a slow host may take their time. */
export const DOCUMENT_CHECK = {
  ...WITH_HEARTBEAT,
  startToCloseTimeout: '20 minutes',
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '1 minute' },
} as const satisfies ActivityOptions;

/** After so many attempts, a source that does not answer counts as a problem of the request. */
export const DOCUMENT_CHECK_MAX_ATTEMPTS = 4;

// initiateSession

/** So long may a call without an answer still take effect. No call shows whether it did. */
export const INITIATE_MAX_LATE_EFFECT_MS = 2 * 60_000;

// uploadDocument

/** One document over one upload URL: about a quarter of an hour, then a fresh URL is worth trying. */
export const UPLOAD = {
  ...WITH_HEARTBEAT,
  startToCloseTimeout: '30 minutes',
  retry: {
    initialInterval: '2 seconds',
    backoffCoefficient: 3,
    maximumInterval: '5 minutes',
    maximumAttempts: 8,
  },
} as const satisfies ActivityOptions;

/** Documents of one signing that are uploaded at the same time. */
export const UPLOAD_CONCURRENCY = 3;

const UPLOAD_MAX_FAILED_URLS = 8;
const UPLOAD_MAX_REJECTED_URLS = 5;

/** What the upload of one document has met so far. */
export interface UploadRounds {
  /** URLs over which every attempt has failed. */
  readonly failedUrls: number;
  /** URLs in a row that the host has rejected, or that were too old. */
  readonly rejectedUrls: number;
}

/** Milliseconds until an upload goes on with a fresh URL; `undefined` when a person must decide. */
export function uploadPauseMs(
  { failedUrls, rejectedUrls }: UploadRounds,
  retryAfterMs?: number,
): number | undefined {
  // The first rejection is most likely due to the URL's age; five fresh ones in a row have another cause.
  if (rejectedUrls === 1) return 0;
  if (rejectedUrls > 1) return rejectedUrls >= UPLOAD_MAX_REJECTED_URLS ? undefined : backoffMs(rejectedUrls);
  return failedUrls >= UPLOAD_MAX_FAILED_URLS ? undefined : backoffMs(failedUrls, retryAfterMs);
}

/** An upload URL this young is used even where its validity looks too short: a younger one would not last longer. */
export const UPLOAD_URL_FRESH_MS = 60_000;

/** The least throughput to count on when asking whether an upload can still end in time, in bytes a second. */
const MIN_UPLOAD_BYTES_PER_SECOND = 256 * 1024;
const UPLOAD_MARGIN_MS = 30_000;

/** How long an upload URL should still be valid, in milliseconds, before an upload of so many bytes begins. */
export function minUrlLifetimeMs(bytes: number): number {
  return UPLOAD_MARGIN_MS + Math.ceil((bytes / MIN_UPLOAD_BYTES_PER_SECOND) * 1000);
}

// attachDocument, handOverSession

/** How long the vendor must still keep a file before it is attached, in milliseconds; else it is uploaded again. */
export const ATTACH_MIN_FILE_LIFETIME_MS = 10 * 60_000;

/**
 * Pauses in milliseconds before the list of documents is read again, after a list that lacks the effect of a call. Only if
 * the last list lacks it too, the call had no effect. These follow an answer that decides nothing (an error, a reset of
 * the connection): the effect is there by now, or on its way to the list.
 */
export const RECONCILE_PAUSES_AFTER_ERROR_MS: readonly number[] = [10_000];

/**
 * The same where no answer came, and where a call was accepted that the list does not show: five minutes together. The
 * vendor may still be at work on the call, and so may a gateway in front of it. Gateways give up after 30 seconds to four
 * minutes by default (nginx 60 s, load balancers of the clouds 30 to 240 s). The lists in between find a late effect soon.
 */
export const RECONCILE_PAUSES_AFTER_TIMEOUT_MS: readonly number[] = [10_000, 50_000, 240_000];

// pollDocuments

/** The activity names its pauses itself; these hold where a worker was lost during an attempt. */
export const POLL = {
  ...WITH_HEARTBEAT,
  cancellationType: 'TRY_CANCEL',
  retry: { initialInterval: '1 minute', maximumInterval: '1 minute' },
} as const satisfies ActivityOptions;

/** A poll that a person waits for. Those after it have their own task queue. */
export const IMMEDIATE_POLL = {
  ...WITH_HEARTBEAT,
  cancellationType: 'TRY_CANCEL',
  retry: { maximumAttempts: 1 },
} as const satisfies ActivityOptions;

const POLL_BACKOFF = 1.5;

/** The pauses between polls, as the worker's configuration sets them, in milliseconds. */
export interface PollPauses {
  readonly firstMs: number;
  /** At least `firstMs`. */
  readonly maxMs: number;
}

/**
 * Milliseconds until the next poll: the first pause, grown by half with every poll, up to the longest, and spread by ±20 %
 * so that signings started together do not poll together. `random` is a number from 0 to 1; `retryAfterMs`, the vendor's
 * Retry-After, is never undercut.
 */
export function pollPauseMs(
  attempt: number,
  { firstMs, maxMs }: PollPauses,
  random: number,
  retryAfterMs = 0,
): number {
  // The exponent is bounded because a pause that has reached the maximum need not be computed further.
  const pauseMs = Math.min(maxMs, firstMs * POLL_BACKOFF ** Math.min(attempt - 1, 60));
  return Math.round(Math.max(retryAfterMs, pauseMs * (0.8 + 0.4 * random)));
}

/** The pauses of polls that are likely to fail: the first is ten times as long, up to the longest. */
export function slowPollPauses({ firstMs, maxMs }: PollPauses): PollPauses {
  return { firstMs: Math.min(10 * firstMs, maxMs), maxMs };
}

/** Polls in a row that a list call, which has worked, may answer as if it did not exist, before a person is asked. */
export const POLL_MAX_UNSUPPORTED_RESPONSES = 3;

/** How long the record of an outcome waits for the first poll; shorter than a client waits for its answer. */
export const FIRST_POLL_TIMEOUT_MS = 5_000;

// listDocuments, after the deadline

/** The workflow retries these polls itself, for a bounded time. */
export const DEADLINE_POLL = {
  ...WITH_HEARTBEAT,
  retry: { maximumAttempts: 1 },
  priority: BACKGROUND_PRIORITY,
} as const satisfies ActivityOptions;

const DEADLINE_MAX_POLLS = 6;
const DEADLINE_SKIPPED_PAUSES = 4;
const DEADLINE_MAX_PAUSE_MS = 5 * 60_000;

/**
 * Milliseconds until the next poll after the deadline, from 16 s on. `undefined` after six polls, some eight minutes
 * together, and where the vendor asks for a pause above five minutes.
 */
export function deadlinePollPauseMs(attempt: number, retryAfterMs?: number): number | undefined {
  const pauseMs = backoffMs(attempt + DEADLINE_SKIPPED_PAUSES, retryAfterMs);
  return attempt >= DEADLINE_MAX_POLLS || pauseMs > DEADLINE_MAX_PAUSE_MS ? undefined : pauseMs;
}

// deliverCallback

/** The activity names its pauses itself; these hold where a worker was lost during an attempt. */
export const CALLBACK_DELIVERY = {
  // Above the 10 seconds that an attempt gives the CRM.
  startToCloseTimeout: '20 seconds',
  cancellationType: 'TRY_CANCEL',
  retry: { initialInterval: '5 seconds', backoffCoefficient: 3, maximumInterval: '4 hours' },
} as const satisfies ActivityOptions;

const CALLBACK_LIFETIME_MS = 3 * 24 * 60 * 60_000;
const CALLBACK_MIN_LIFETIME_MS = 60 * 60_000;
const CALLBACK_FIRST_PAUSE_MS = 5_000;
const CALLBACK_BACKOFF = 3;
const CALLBACK_MAX_PAUSE_MS = 4 * 60 * 60_000;
const CALLBACK_MAX_RETRY_AFTER_MS = 6 * 60 * 60_000;
const CALLBACK_MIN_RETRY_AFTER_MS = 60_000;

/** Milliseconds for which a callback is tried from now on: three days since it happened, and at least an hour. */
export function callbackTimeoutMs(happenedAt: number, now: number): number {
  return Math.max(CALLBACK_MIN_LIFETIME_MS, happenedAt + CALLBACK_LIFETIME_MS - now);
}

/**
 * Milliseconds until a callback is retried: 5 s, three times as long each time, up to 4 hours, spread by ±20 %.
 * `retryAfterMs`, the CRM's Retry-After, replaces that: up to 6 hours, and at least a minute once the pauses are longer.
 */
export function callbackPauseMs(attempt: number, random: number, retryAfterMs?: number): number {
  const nominalMs = CALLBACK_FIRST_PAUSE_MS * CALLBACK_BACKOFF ** Math.min(attempt - 1, 20);
  const pauseMs = Math.min(CALLBACK_MAX_PAUSE_MS, nominalMs) * (0.8 + 0.4 * random);
  if (retryAfterMs === undefined) return Math.round(pauseMs);
  const minMs = Math.min(pauseMs, CALLBACK_MIN_RETRY_AFTER_MS);
  return Math.round(Math.min(CALLBACK_MAX_RETRY_AFTER_MS, Math.max(minMs, retryAfterMs)));
}

// waitForReminder

/** The activity says when it checks again; these pauses hold where it cannot read the list of workflows. */
export const REMINDER = {
  startToCloseTimeout: '1 minute',
  cancellationType: 'TRY_CANCEL',
  retry: { initialInterval: '1 minute', backoffCoefficient: 2, maximumInterval: '1 hour' },
} as const satisfies ActivityOptions;

/** So often the callbacks check whether their signing is still open: nothing goes on for long after a termination. */
export const REMINDER_CHECK_INTERVAL_MS = 24 * 60 * 60_000;
