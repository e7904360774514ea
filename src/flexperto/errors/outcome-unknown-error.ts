import { FlexpertoError, type Call } from './flexperto-error.js';

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
  readonly unanswered: boolean;

  constructor(
    call: Call,
    what: string,
    answer: { status?: number; retryAfterMs?: number | undefined; unanswered?: boolean } = {},
  ) {
    super(call, `${call}: ${what}, so it is not known whether flexperto carried it out`);
    this.status = answer.status;
    this.retryAfterMs = answer.retryAfterMs;
    this.unanswered = answer.unanswered ?? false;
  }
}
