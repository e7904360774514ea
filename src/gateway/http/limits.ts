/** Above the largest signing request there can be: 20 documents with addresses of 2000 characters. In bytes. */
export const MAX_BODY_BYTES = 1024 * 1024;

/**
 * Of a request to the codec endpoint, which brings the payloads of one event or call: Temporal takes messages of 4 MB, which
 * in base64 and with what was encrypted around them are below 6. In bytes.
 */
export const MAX_CODEC_BODY_BYTES = 8 * 1024 * 1024;

/** Of such a request, far above what an event can honestly have; so many are encrypted in a fraction of a second. */
export const MAX_PAYLOADS = 10_000;

/** Of all headers together, a token of an identity provider among them. In bytes. */
export const MAX_HEADER_BYTES = 16 * 1024;

export const HEADERS_TIMEOUT_MS = 10_000;

/** For a body of JSON. */
export const BODY_TIMEOUT_MS = 10_000;

/** For a whole request of any kind, the largest upload over a slow line included. */
export const REQUEST_TIMEOUT_MS = 15 * 60_000;

/** Longer than a proxy keeps an idle connection, usually a minute: it is the proxy that closes it. */
export const CONNECTION_KEEP_ALIVE_MS = 75_000;

/** What a call in flight may still take when the gateway is told to end. */
export const SHUTDOWN_GRACE_MS = 15_000;

/** Between two signs of life in an event stream: proxies end what is silent for a minute. */
export const EVENT_STREAM_KEEPALIVE_MS = 15_000;

/** After which a client of an event stream that was cut off comes back. */
export const EVENT_STREAM_RETRY_MS = 3_000;
