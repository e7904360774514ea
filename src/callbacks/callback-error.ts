/**
 * A callback was not accepted. The message is one sentence that is safe to show: it holds nothing of the address, whose
 * query may be a secret, and of what the CRM has said only the status.
 */
export class CallbackError extends Error {
  override readonly name = 'CallbackError';
  /** When the CRM wishes to be asked again, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** The CRM wants no further callbacks of this session. */
  readonly gone: boolean;

  constructor(
    message: string,
    {
      retryAfterMs,
      gone = false,
    }: { readonly retryAfterMs?: number | undefined; readonly gone?: boolean } = {},
  ) {
    super(message);
    this.retryAfterMs = retryAfterMs;
    this.gone = gone;
  }
}
