import { PdfRefused } from './pdf-problems.js';

/** Cross-references and object streams of real documents of 50 MB are below half of this, all of them together. */
const MAX_UNPACKED_BYTES = 32 * 1024 * 1024;
const MAX_OBJECTS = 1_000_000;

/** Real files stay far below: reading each byte once is at most one unit for each. */
const LEAST_WORK = 4 * 1024 * 1024;
const WORK_FOR_EACH_BYTE = 4;

/** What it costs to follow a reference or to look at an element of an array, in bytes that are parsed in that time. */
const VISIT = 16;

/** The same for a stream that is unpacked. */
const OPENING = 1024;

/**
 * Bounds what reading one file may cost, before the cost arises and whatever the file promises. It counts steps and not
 * time, so that the same file has the same verdict on every machine. All methods throw `PdfRefused` beyond a bound.
 */
export class PdfBudget {
  #work: number;
  #unpacked = MAX_UNPACKED_BYTES;
  #objects = MAX_OBJECTS;

  constructor(fileBytes: number) {
    this.#work = LEAST_WORK + WORK_FOR_EACH_BYTE * fileBytes;
  }

  /** How many bytes may still be parsed. */
  get workLeft(): number {
    return this.#work;
  }

  /** Bytes that were parsed; of a file whose parts overlap, the same byte can be parsed many times. */
  parsed(bytes: number): void {
    this.#work -= bytes;
    if (this.#work < 0) throw tooMuch('its parts contain or name each other too often');
  }

  visited(elements = 1): void {
    this.parsed(elements * VISIT);
  }

  /** A stream that is unpacked, however little is in it. */
  opened(): void {
    this.parsed(OPENING);
  }

  /** Objects that the cross-references name. */
  referenced(objects: number): void {
    this.#objects -= objects;
    if (!(this.#objects >= 0)) throw tooMuch(`it names more than ${MAX_OBJECTS} objects`);
  }

  /** How many bytes may still be unpacked. */
  get unpackedLeft(): number {
    return this.#unpacked;
  }

  unpacked(bytes: number): void {
    this.#unpacked -= bytes;
    if (this.#unpacked < 0)
      throw tooMuch(`its parts unpack to more than ${MAX_UNPACKED_BYTES / 1024 / 1024} MB`);
  }
}

const tooMuch = (what: string): PdfRefused =>
  new PdfRefused(`could not be inspected: ${what}; save it again with another program`);
