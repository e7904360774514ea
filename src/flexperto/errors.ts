/** The calls of the API, named as the vendor's page orders them. */
export type Call = 'initiate' | 'request upload URL' | 'upload' | 'attach' | 'list documents' | 'hand over';

/**
 * The base of all errors of the flexperto client: the call, and a message that is safe to show. A message never holds an
 * address with its token, the API key or what was sent.
 */
export abstract class FlexpertoError extends Error {
  readonly call: Call;

  constructor(call: Call, message: string) {
    super(message);
    this.call = call;
  }
}

/** The vendor answered 2xx, but the answer is incomplete, is no JSON or lacks a needed field. The call took effect. */
export class AnswerNotUnderstoodError extends FlexpertoError {
  override readonly name = 'AnswerNotUnderstoodError';

  /** `what` names fields and types, never values. */
  constructor(call: Call, what: string) {
    super(call, `${call}: flexperto's answer could not be understood: ${what}`);
  }
}

/**
 * The call may have taken effect: it was or may have been sent, and no answer shows its outcome. A timeout, a reset, a 408
 * or a 5xx. Do not repeat a call that is not idempotent after this error.
 */
export class OutcomeUnknownError extends FlexpertoError {
  override readonly name = 'OutcomeUnknownError';
  /** The status, if there was an answer. */
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;

  /** No answer came within the time limit, so the vendor may still be working on the call. */
  readonly timedOut: boolean;

  constructor(
    call: Call,
    what: string,
    answer: { status?: number; retryAfterMs?: number | undefined; timedOut?: boolean } = {},
  ) {
    super(call, `${call}: ${what}, so it is not known whether flexperto carried it out`);
    this.status = answer.status;
    this.retryAfterMs = answer.retryAfterMs;
    this.timedOut = answer.timedOut ?? false;
  }
}

/**
 * The vendor refused the call: any 3xx, any 4xx except 408, and 503 with Retry-After. The call took no effect.
 * `vendorMessage` is the vendor's own text, which may repeat what was sent: redact it before you show it.
 */
export class RefusedError extends FlexpertoError {
  override readonly name = 'RefusedError';
  readonly status: number;
  readonly vendorMessage: string;
  /** Milliseconds until the vendor accepts another attempt, if it says so. */
  readonly retryAfterMs: number | undefined;

  constructor(call: Call, status: number, vendorMessage: string, retryAfterMs: number | undefined) {
    super(call, `${call}: flexperto refused with status ${status}`);
    this.status = status;
    this.vendorMessage = vendorMessage;
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * The request did not reach the vendor: no address, no connection or no agreed encryption. Repeating it is safe. The fault
 * can be the vendor's or this machine's network.
 */
export class NotSentError extends FlexpertoError {
  override readonly name = 'NotSentError';

  constructor(call: Call, code: string) {
    super(call, `${call}: the request was not sent, no connection to flexperto (${code})`);
  }
}
