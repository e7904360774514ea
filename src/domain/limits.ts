/** What the vendor's page limits. Source: "Signing Documents", asynchronous flow. */
export const MAX_DOCUMENTS = 20;

/**
 * All documents of a contract session together, in bytes. The page says 50 MB and not which megabytes: the smaller ones,
 * since a refusal before anything is sent harms less than one in the middle of a session.
 */
export const MAX_TOTAL_BYTES = 50_000_000;

/** `participants` is an array in the API, of which exactly one element is supported. */
export const PARTICIPANTS = 1;

/** Days until a session that nobody signs ends as `expired`, unless the request says otherwise. */
export const DEFAULT_DEADLINE_DAYS = 30;
export const MAX_DEADLINE_DAYS = 365;
