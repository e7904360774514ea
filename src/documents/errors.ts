/** The document could not be read from its source. `message` completes "contract.pdf …"; it names no path of the machine. */
export class DocumentUnavailableError extends Error {
  override readonly name = 'DocumentUnavailableError';
  /** Whether another try can help without anybody doing anything. */
  readonly isTransient: boolean;

  constructor(message: string, isTransient: boolean) {
    super(message);
    this.isTransient = isTransient;
  }
}

/** The bytes are not those that were checked. `message` completes "contract.pdf …". */
export class DocumentChangedError extends Error {
  override readonly name = 'DocumentChangedError';
}
