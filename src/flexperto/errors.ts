/** The calls of the API, named as the vendor's page orders them. */
export type Call = 'initiate' | 'request upload URL' | 'upload' | 'attach' | 'list documents' | 'hand over';

/**
 * What every error of the flexperto client has in common: the call, and a message that is safe to show. No message ever
 * holds an address with its token, the API key or what was sent.
 */
export abstract class FlexpertoError extends Error {
  readonly call: Call;

  constructor(call: Call, message: string) {
    super(message);
    this.call = call;
  }
}

/** The vendor said yes (2xx), but the answer is cut short, is no JSON or lacks what is needed. The call had its effect. */
export class AnswerNotUnderstoodError extends FlexpertoError {
  override readonly name = 'AnswerNotUnderstoodError';

  /** `what` names fields and types, never values. */
  constructor(call: Call, what: string) {
    super(call, `${call}: flexperto's answer could not be understood: ${what}`);
  }
}

/**
 * The request was or may have been sent, and no answer tells what became of it: a timeout, a reset, a 408, a 5xx.
 * It may have had its effect; a call that is not idempotent must not be repeated on the strength of this error.
 */
export class OutcomeUnknownError extends FlexpertoError {
  override readonly name = 'OutcomeUnknownError';
  /** The status, where there was an answer. */
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;

  /** No answer came within the time for it, so the vendor may still be at work on the call. */
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
 * The vendor answered, and the answer is no: any 3xx or 4xx but 408, and 503 with Retry-After. The call had no effect.
 * `vendorMessage` is the vendor's own text, which may repeat what was sent: redact it before it is shown.
 */
export class RefusedError extends FlexpertoError {
  override readonly name = 'RefusedError';
  readonly status: number;
  readonly vendorMessage: string;
  /** Milliseconds from the answer until another try is welcome; absent where the vendor does not say. */
  readonly retryAfterMs: number | undefined;

  constructor(call: Call, status: number, vendorMessage: string, retryAfterMs: number | undefined) {
    super(call, `${call}: flexperto refused with status ${status}`);
    this.status = status;
    this.vendorMessage = vendorMessage;
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * The request surely did not reach the vendor: no address, no connection, no agreed encryption. Repeating it is safe.
 * It does not mean that the vendor is down; the fault can be this machine's network.
 */
export class NotSentError extends FlexpertoError {
  override readonly name = 'NotSentError';

  constructor(call: Call, code: string) {
    super(call, `${call}: the request was not sent, no connection to flexperto (${code})`);
  }
}
