/** More than the largest possible signing request: 20 documents with addresses of 2000 characters. In bytes. */
export const MAX_BODY_BYTES = 1024 * 1024;

/**
 * For a request to the codec endpoint, with the payloads of one event or call. Temporal accepts messages of 4 MB, which are
 * below 6 MB in base64 with encryption. In bytes.
 */
export const MAX_CODEC_BODY_BYTES = 8 * 1024 * 1024;

/** Per codec request; far more than one event has. The gateway encrypts this many in a fraction of a second. */
export const MAX_PAYLOADS = 10_000;

/** For all headers together, a token of an identity provider included. In bytes. */
export const MAX_HEADER_BYTES = 16 * 1024;

export const HEADERS_TIMEOUT_MS = 10_000;

/** For a JSON body. */
export const BODY_TIMEOUT_MS = 10_000;

/** For any whole request, including the largest upload over a slow line. */
export const REQUEST_TIMEOUT_MS = 15 * 60_000;

/** Longer than a proxy keeps an idle connection (usually a minute), so that the proxy closes it first. */
export const CONNECTION_KEEP_ALIVE_MS = 75_000;

/** For requests in flight when the gateway shuts down. */
export const SHUTDOWN_GRACE_MS = 15_000;

/** Between two keep-alive comments in an event stream: proxies close a stream that is silent for a minute. */
export const EVENT_STREAM_KEEPALIVE_MS = 15_000;

/** The pause before a client reconnects to an event stream. */
export const EVENT_STREAM_RETRY_MS = 3_000;
