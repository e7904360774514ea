/** Ends the inspection: the document cannot be signed, whatever else is in it. The message completes "contract.pdf …". */
export class PdfRefusedError extends Error {
  override readonly name = 'PdfRefused';
}

/** This way of reading does not work; another may. The message completes "contract.pdf is damaged: …". */
export class PdfDamagedError extends Error {
  override readonly name = 'PdfDamaged';
}

export const createEncryptedError = (): PdfRefusedError =>
  new PdfRefusedError('is encrypted: flexperto cannot place a signature in it; save it without a password');

/** Cross-references and object streams of real documents of 50 MB are below half of this, all of them together. */
const MAX_UNPACKED_BYTES = 32 * 1024 * 1024;
const MAX_OBJECTS = 1_000_000;

/** Real files stay far below: reading each byte once is at most one unit for each. */
const MIN_WORK = 4 * 1024 * 1024;
const WORK_PER_BYTE = 4;

/** What it costs to follow a reference or to look at an element of an array, in bytes that are parsed in that time. */
const VISIT_COST = 16;

/** The same for a stream that is unpacked. */
const STREAM_COST = 1024;

/**
 * Bounds what reading one file may cost, before the cost arises and whatever the file promises. It counts steps and not
 * time, so that the same file has the same verdict on every machine. All methods throw `PdfRefused` beyond a bound.
 */
export class PdfBudget {
  #work: number;
  #unpacked = MAX_UNPACKED_BYTES;
  #objects = MAX_OBJECTS;

  constructor(fileBytes: number) {
    this.#work = MIN_WORK + WORK_PER_BYTE * fileBytes;
  }

  /** How many bytes may still be parsed. */
  get remainingWork(): number {
    return this.#work;
  }

  /** Bytes that were parsed; of a file whose parts overlap, the same byte can be parsed many times. */
  chargeParsed(bytes: number): void {
    this.#work -= bytes;
    if (this.#work < 0) throw createTooCostlyError('its parts contain or name each other too often');
  }

  chargeVisits(elements = 1): void {
    this.chargeParsed(elements * VISIT_COST);
  }

  /** A stream that is unpacked, however little is in it. */
  chargeStream(): void {
    this.chargeParsed(STREAM_COST);
  }

  /** Objects that the cross-references name. */
  chargeObjects(objects: number): void {
    this.#objects -= objects;
    if (!(this.#objects >= 0)) throw createTooCostlyError(`it names more than ${MAX_OBJECTS} objects`);
  }

  /** How many bytes may still be unpacked. */
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
