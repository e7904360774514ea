/** Ends the inspection: the document cannot be signed. The message completes "contract.pdf …". */
export class PdfRefusedError extends Error {
  override readonly name = 'PdfRefusedError';
}

/** This way of reading fails; another may succeed. The message completes "contract.pdf is damaged: …". */
export class PdfDamagedError extends Error {
  override readonly name = 'PdfDamagedError';
}

export const createEncryptedError = (): PdfRefusedError =>
  new PdfRefusedError('is encrypted: flexperto cannot place a signature in it; save it without a password');

/** All cross-references and object streams of a real document of 50 MB together unpack to less than half of this. */
const MAX_UNPACKED_BYTES = 32 * 1024 * 1024;
const MAX_OBJECTS = 1_000_000;

/** Real files stay far below: reading every byte once costs one unit for each. */
const MIN_WORK = 4 * 1024 * 1024;
const WORK_PER_BYTE = 4;

/** The cost of following a reference or reading an element of an array, in bytes that are parsed in the same time. */
const VISIT_COST = 16;

/** The cost of unpacking a stream, however small, in the same unit. */
const STREAM_COST = 1024;

/**
 * Bounds what reading one file may cost, before the cost arises and whatever the file declares. It counts steps and not
 * time, so that a file gets the same verdict on every machine. All methods throw `PdfRefusedError` beyond a bound.
 */
export class PdfBudget {
  #work: number;
  #unpacked = MAX_UNPACKED_BYTES;
  #objects = MAX_OBJECTS;

  constructor(fileBytes: number) {
    this.#work = MIN_WORK + WORK_PER_BYTE * fileBytes;
  }

  /** The bytes that may still be parsed. */
  get remainingWork(): number {
    return this.#work;
  }

  /** Counts parsed bytes. Where parts of a file overlap, the same byte counts each time. */
  chargeParsed(bytes: number): void {
    this.#work -= bytes;
    if (this.#work < 0) throw createTooCostlyError('its parts contain or name each other too often');
  }

  chargeVisits(elements = 1): void {
    this.chargeParsed(elements * VISIT_COST);
  }

  chargeStream(): void {
    this.chargeParsed(STREAM_COST);
  }

  /** Counts objects that the cross-references name. */
  chargeObjects(objects: number): void {
    this.#objects -= objects;
    if (!(this.#objects >= 0)) throw createTooCostlyError(`it names more than ${MAX_OBJECTS} objects`);
  }

  /** The bytes that may still be unpacked. */
  get remainingUnpacked(): number {
    return this.#unpacked;
  }

  chargeUnpacked(bytes: number): void {
    this.#unpacked -= bytes;
    if (this.#unpacked < 0)
      throw createTooCostlyError(`its parts unpack to more than ${MAX_UNPACKED_BYTES / 1024 / 1024} MB`);
  }
}

const createTooCostlyError = (reason: string): PdfRefusedError =>
  new PdfRefusedError(`could not be inspected: ${reason}; save it again with another program`);
