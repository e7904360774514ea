import { FlexpertoError, type Call } from './flexperto-error.js';

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
