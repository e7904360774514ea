/** A document could not be read from its source. `message` completes "contract.pdf …" and names no path of the machine. */
export class DocumentUnavailableError extends Error {
  override readonly name = 'DocumentUnavailableError';
  /** Whether another attempt can succeed without a change. */
  readonly isTransient: boolean;

  constructor(message: string, isTransient: boolean) {
    super(message);
    this.isTransient = isTransient;
  }
}

/** The bytes have changed since the check. `message` completes "contract.pdf …". */
export class DocumentChangedError extends Error {
  override readonly name = 'DocumentChangedError';
}
