/**
 * Something the vendor, or this fake's control API, does not do: answered with `status` and `{"message"}`.
 * Thrown to the caller where a method of the fake is used directly.
 */
export class HttpError extends Error {
  override readonly name = 'Refusal';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
