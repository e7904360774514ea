/** The document could not be read from its source. `message` completes "contract.pdf …"; it names no path of the machine. */
export class DocumentUnavailableError extends Error {
  override readonly name = 'DocumentUnavailableError';
  /** Whether another try can help without anybody doing anything. */
  readonly passing: boolean;

  constructor(message: string, passing: boolean) {
    super(message);
    this.passing = passing;
  }
}

/** The bytes are not those that were checked. `message` completes "contract.pdf …". */
export class DocumentChangedError extends Error {
  override readonly name = 'DocumentChangedError';
}

/**
 * The inspection of a document ended from outside, again and again. This says nothing about the document: the same
 * inspection can be made again. `message` is a sentence.
 */
export class InspectionInterruptedError extends Error {
  override readonly name = 'InspectionInterruptedError';
}
