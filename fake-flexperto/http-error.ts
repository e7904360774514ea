/**
 * The vendor, or the control API of this fake, rejects a call. It answers with `status` and `{"message"}`.
 * A direct call of the fake's methods throws this error.
 */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
