import { PDFDict, PDFInvalidObject, PDFName, type PDFObject, PDFRef } from '@cantoo/pdf-lib';
import { objectsAt, readObjectStream } from './pdf-object-places.js';
import { asDictionary, type PdfObjects } from './pdf-objects.js';
import { encrypted, PdfRefused } from './pdf-problems.js';
import { insideStream, type PdfReference } from './pdf-reference.js';
import { type PdfBytes, PdfTokens } from './pdf-tokens.js';

/** The number of an object stands so far before its `obj`, at most. */
const HEAD_WITHIN = 40;
const HEAD = /(\d{1,10})\s+\d{1,5}\s*$/;
const ROOT = PDFName.of('Root');

/** What a scan has come across. */
interface Scan {
  readonly source: PdfBytes;
  readonly references: Map<number, PdfReference>;
  /** Trailers, and the dictionaries of cross-reference streams, in the order of the file. */
  readonly trailers: PDFDict[];
  /** The last object that says it is a catalog. */
  catalog: PDFRef | undefined;
}

/**
 * All objects of a file, found by reading it from the beginning to the end without its cross-references: the last
 * definition of an object counts, and one that a later revision merely freed is still there. An object that is unreadable
 * is there as such.
 * @throws {PdfRefused} if any revision names encryption
 */
export function scannedObjects(source: PdfBytes): PdfObjects {
  const scan: Scan = { source, references: new Map(), trailers: [], catalog: undefined };
  scanObjects(scan);
  if (scan.trailers.some((trailer) => trailer.has(PDFName.of('Encrypt')))) throw encrypted();
  const root = scan.trailers.findLast((trailer) => trailer.has(ROOT))?.get(ROOT);
  const objects = objectsAt(source, scan.references, root);
  const unreadable = PDFInvalidObject.of(Buffer.alloc(0));
  const find = (reference: PDFRef): PDFObject | undefined => tried(() => objects.find(reference), unreadable);
  const read = (reference: PDFRef): PDFObject | undefined => tried(() => objects.read(reference), unreadable);
  const named = root instanceof PDFRef ? asDictionary(find(root)) : undefined;
  const isCatalog = named?.has(PDFName.of('Pages')) === true || scan.catalog === undefined;
  return { budget: objects.budget, catalog: isCatalog ? root : scan.catalog, find, read };
}

/** Every byte is looked at once for each of the words: a word is never looked for again where it was not found. */
function scanObjects(scan: Scan): void {
  const { bytes } = scan.source;
  const [object, trailer, stream, end] = ['obj', 'trailer', 'stream', 'endstream'].map((word) =>
    finder(bytes, word),
  ) as [Finder, Finder, Finder, Finder];
  let place = 0;
  for (;;) {
    const at = Math.min(object(place), trailer(place));
    if (at === bytes.length) return;
    if (at === trailer(place)) {
      readTrailer(scan, at + 'trailer'.length);
      place = at + 'trailer'.length;
      continue;
    }
    place = at + 'obj'.length;
    const head = HEAD.exec(bytes.toString('latin1', Math.max(0, at - HEAD_WITHIN), at));
    if (head === null) continue;
    const start = at - head[0].length;
    const number = Number(head[1]);
    scan.source.budget.referenced(1);
    scan.references.set(number, start);
    const data = stream(place);
    const next = object(place);
    describe(scan, number, start, bytes.subarray(place, Math.min(data, next)));
    const isStream = data < next && />>\s*$/.test(bytes.toString('latin1', data - 16, data));
    if (isStream) place = endOfStream(bytes, place, data, end);
  }
}

/** Where a word is found from a place on, or else the end. Places must grow from one call to the next. */
type Finder = (from: number) => number;

function finder(bytes: Buffer, word: string): Finder {
  let found = -1;
  return (from) => {
    if (found < from && found !== bytes.length) {
      found = bytes.indexOf(word, from);
      if (found === -1) found = bytes.length;
    }
    return found;
  };
}

/** What an object is, as far as it matters for finding others. */
function describe(scan: Scan, number: number, start: number, dictionary: Buffer): void {
  if (dictionary.includes('/ObjStm')) tried(() => { readInside(scan, number, start); }, undefined); // prettier-ignore
  if (dictionary.includes('/XRef')) {
    const found = tried(() => new PdfTokens(scan.source, start).numberedObject(), undefined);
    if (found instanceof PDFDict) scan.trailers.push(found);
  }
  if (dictionary.includes('/Catalog')) scan.catalog = PDFRef.of(number);
}

function readInside({ source, references }: Scan, number: number, start: number): void {
  const { places } = readObjectStream(new PdfTokens(source, start).numberedStream(), source);
  for (const inside of places.keys()) references.set(inside, insideStream(number));
}

function readTrailer({ source, trailers }: Scan, place: number): void {
  if (!/^\s*<</.test(source.bytes.toString('latin1', place, place + 16))) return;
  const trailer = tried(() => new PdfTokens(source, place).object(), undefined);
  if (trailer instanceof PDFDict) trailers.push(trailer);
}

/** Behind the data of a stream, in which whatever looks like an object is none. */
function endOfStream(bytes: Buffer, dictionary: number, data: number, end: Finder): number {
  const head = bytes.toString('latin1', dictionary, data);
  const length = Number(/\/Length\s+(\d{1,10})(?!\d|\s+\d+\s+R)/.exec(head)?.[1] ?? -1);
  const promised = data + 'stream'.length + length;
  const isThere = length >= 0 && bytes.subarray(promised, promised + 16).includes('endstream');
  if (isThere) return promised;
  const found = end(data);
  return found === bytes.length ? data + 'stream'.length : found;
}

/** What `read` brings, or `otherwise` where it fails; a bound is one everywhere. */
function tried<Result, Otherwise>(read: () => Result, otherwise: Otherwise): Result | Otherwise {
  try {
    return read();
  } catch (error) {
    if (error instanceof PdfRefused) throw error;
    return otherwise;
  }
}
