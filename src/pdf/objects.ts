import {
  PDFArray,
  PDFDict,
  PDFInvalidObject,
  PDFName,
  PDFNumber,
  type PDFObject,
  PDFRef,
  PDFStream,
} from '@cantoo/pdf-lib';
import { PdfDamagedError, PdfRefusedError, createEncryptedError } from './budget.js';
import type { PdfBudget } from './budget.js';
import { type CrossReference, FREE, inObjectStream, readCrossReferences } from './cross-references.js';
import { type EncodedStream, type PdfSource, PdfTokenizer, decodeStream } from './tokenizer.js';

/** The number of an object is at most this far before its `obj`. */
const OBJECT_HEADER_WITHIN = 40;
const OBJECT_HEADER = /(\d{1,10})\s+\d{1,5}\s*$/;
const ROOT = PDFName.of('Root');

/** What a scan has found so far. */
interface Scan {
  readonly source: PdfSource;
  readonly references: Map<number, CrossReference>;
  /** Trailers, and the dictionaries of cross-reference streams, in the order of the file. */
  readonly trailers: PDFDict[];
  /** The last object that calls itself a catalog. */
  catalog: PDFRef | undefined;
}

/**
 * All objects of a file, found by scanning it without its cross-references. The last definition of an object counts. An
 * object that a later revision merely freed is still found. An unreadable object is a `PDFInvalidObject`.
 * @throws {PdfRefusedError} if any revision names encryption
 */
export function findObjectsByScan(source: PdfSource): PdfObjects {
  const scan: Scan = { source, references: new Map(), trailers: [], catalog: undefined };
  scanFile(scan);
  if (scan.trailers.some((trailer) => trailer.has(PDFName.of('Encrypt')))) throw createEncryptedError();
  const root = scan.trailers.findLast((trailer) => trailer.has(ROOT))?.get(ROOT);
  const objects = createPdfObjects(source, scan.references, root);
  const unreadable = PDFInvalidObject.of(Buffer.alloc(0));
  const find = (reference: PDFRef): PDFObject | undefined =>
    tryRead(() => objects.find(reference), unreadable);
  const read = (reference: PDFRef): PDFObject | undefined =>
    tryRead(() => objects.read(reference), unreadable);
  const named = root instanceof PDFRef ? asDictionary(find(root)) : undefined;
  const isCatalog = named?.has(PDFName.of('Pages')) === true || scan.catalog === undefined;
  return { budget: objects.budget, catalog: isCatalog ? root : scan.catalog, find, read };
}

/** Searches every byte once for each word. */
function scanFile(scan: Scan): void {
  const { bytes } = scan.source;
  const [nextObject, nextTrailer, nextStream, nextEndOfStream] = [
    'obj',
    'trailer',
    'stream',
    'endstream',
  ].map((word) => createFinder(bytes, word)) as [Finder, Finder, Finder, Finder];
  let offset = 0;
  for (;;) {
    const found = Math.min(nextObject(offset), nextTrailer(offset));
    if (found === bytes.length) return;
    if (found === nextTrailer(offset)) {
      readTrailer(scan, found + 'trailer'.length);
      offset = found + 'trailer'.length;
      continue;
    }
    offset = found + 'obj'.length;
    const head = OBJECT_HEADER.exec(
      bytes.toString('latin1', Math.max(0, found - OBJECT_HEADER_WITHIN), found),
    );
    if (head === null) continue;
    const start = found - head[0].length;
    const number = Number(head[1]);
    scan.source.budget.chargeObjects(1);
    scan.references.set(number, start);
    const data = nextStream(offset);
    const next = nextObject(offset);
    classifyObject(scan, number, start, bytes.subarray(offset, Math.min(data, next)));
    const isStream = data < next && />>\s*$/.test(bytes.toString('latin1', data - 16, data));
    if (isStream) offset = findEndOfStream(bytes, offset, data, nextEndOfStream);
  }
}

/** The first offset of a word from an offset on, or the end of the file. Offsets must grow from call to call. */
type Finder = (from: number) => number;

function createFinder(bytes: Buffer, word: string): Finder {
  let found = -1;
  return (from) => {
    if (found < from && found !== bytes.length) {
      found = bytes.indexOf(word, from);
      if (found === -1) found = bytes.length;
    }
    return found;
  };
}

/** Records an object that leads to others: an object stream, a cross-reference stream or a catalog. */
function classifyObject(scan: Scan, number: number, offset: number, dictionary: Buffer): void {
  if (dictionary.includes('/ObjStm')) tryRead(() => { readObjectStreamEntries(scan, number, offset); }, undefined); // prettier-ignore
  if (dictionary.includes('/XRef')) {
    const dictionaryOfStream = tryRead(
      () => new PdfTokenizer(scan.source, offset).readIndirectObject(),
      undefined,
    );
    if (dictionaryOfStream instanceof PDFDict) scan.trailers.push(dictionaryOfStream);
  }
  if (dictionary.includes('/Catalog')) scan.catalog = PDFRef.of(number);
}

function readObjectStreamEntries({ source, references }: Scan, number: number, offset: number): void {
  const { offsets } = readObjectStream(new PdfTokenizer(source, offset).readStream(), source);
  for (const containedNumber of offsets.keys()) references.set(containedNumber, inObjectStream(number));
}

function readTrailer({ source, trailers }: Scan, offset: number): void {
  if (!/^\s*<</.test(source.bytes.toString('latin1', offset, offset + 16))) return;
  const trailer = tryRead(() => new PdfTokenizer(source, offset).readObject(), undefined);
  if (trailer instanceof PDFDict) trailers.push(trailer);
}

/** The end of a stream's data, in which nothing is an object. */
function findEndOfStream(bytes: Buffer, dictionary: number, data: number, end: Finder): number {
  const head = bytes.toString('latin1', dictionary, data);
  const length = Number(/\/Length\s+(\d{1,10})(?!\d|\s+\d+\s+R)/.exec(head)?.[1] ?? -1);
  const declaredEnd = data + 'stream'.length + length;
  const isDeclaredEndRight =
    length >= 0 && bytes.subarray(declaredEnd, declaredEnd + 16).includes('endstream');
  if (isDeclaredEndRight) return declaredEnd;
  const found = end(data);
  return found === bytes.length ? data + 'stream'.length : found;
}

/** The result of `read`, or `fallback` if it fails. A refusal passes through. */
function tryRead<Result, Otherwise>(read: () => Result, fallback: Otherwise): Result | Otherwise {
  try {
    return read();
  } catch (error) {
    if (error instanceof PdfRefusedError) throw error;
    return fallback;
  }
}

/**
 * The objects of a file by its cross-references, where the newest revision decides.
 * @throws {PdfRefusedError} if any revision names encryption
 * @throws {PdfDamagedError} if the cross-references are wrong, here or in `find`
 */
export function findObjectsByReferences(source: PdfSource): PdfObjects {
  const { references, trailers } = readCrossReferences(source);
  if (trailers.some((trailer) => trailer.has(PDFName.of('Encrypt')))) throw createEncryptedError();
  return createPdfObjects(source, references, trailers[0]?.get(PDFName.of('Root')));
}

/** An unpacked object stream, and the offset of each of its objects, by number. */
export interface ObjectStream {
  readonly source: PdfSource;
  readonly offsets: ReadonlyMap<number, number>;
}

/**
 * The objects of a file whose offsets are known. Each is read on demand, so that a document's images and texts cost neither
 * time nor memory. `find` throws `PdfDamagedError` if the number in front of an object is another one.
 */
function createPdfObjects(
  source: PdfSource,
  references: ReadonlyMap<number, CrossReference>,
  catalog: PDFObject | undefined,
): PdfObjects {
  const objectStreams = new Map<number, ObjectStream>();
  const cache = new Map<number, PDFObject>();
  const loadObjectStream = (number: number): ObjectStream => {
    const known = objectStreams.get(number);
    if (known !== undefined) return known;
    const offset = references.get(number) ?? FREE;
    if (offset <= FREE) throw new PdfDamagedError('an object stream is missing');
    const encoded = new PdfTokenizer(source, offset).readStream(number, (length) =>
      dereference(objects, length),
    );
    const stream = readObjectStream(encoded, source);
    objectStreams.set(number, stream);
    return stream;
  };
  const read = (number: number, reference: CrossReference): PDFObject => {
    if (reference > 0) return new PdfTokenizer(source, reference).readIndirectObject(number);
    const stream = loadObjectStream(-reference);
    const offset = stream.offsets.get(number);
    if (offset === undefined) throw new PdfDamagedError('its cross-references are wrong');
    return new PdfTokenizer(stream.source, offset).readObject();
  };
  const objects: PdfObjects = {
    budget: source.budget,
    catalog,
    read: ({ objectNumber }) => {
      source.budget.chargeVisits();
      const known = cache.get(objectNumber);
      const reference = references.get(objectNumber) ?? FREE;
      return known ?? (reference === FREE ? undefined : read(objectNumber, reference));
    },
    find: (reference) => {
      const object = objects.read(reference);
      if (object !== undefined) cache.set(reference.objectNumber, object);
      return object;
    },
  };
  return objects;
}

/** @throws {PdfDamagedError} if this is no object stream, or it cannot be unpacked */
function readObjectStream(encoded: EncodedStream, { context, budget }: PdfSource): ObjectStream {
  const count = encoded.dictionary.get(PDFName.of('N'));
  const first = encoded.dictionary.get(PDFName.of('First'));
  if (!(count instanceof PDFNumber) || !(first instanceof PDFNumber))
    throw new PdfDamagedError('an object stream is unreadable');
  const source = { bytes: decodeStream(encoded, budget), context, budget };
  const tokens = new PdfTokenizer(source, 0);
  const offsets = new Map<number, number>();
  for (let index = 0; index < count.asNumber(); index += 1) {
    budget.chargeObjects(1);
    const number = tokens.readNumber();
    const offset = first.asNumber() + tokens.readNumber();
    if (!offsets.has(number)) offsets.set(number, offset);
  }
  return { source, offsets };
}

/** Real files have no references that lead to references. */
const MAX_REFERENCE_STEPS = 8;

/** The objects of one PDF. */
export interface PdfObjects {
  readonly budget: PdfBudget;
  readonly catalog: PDFObject | undefined;
  /** The object behind a reference; `undefined` if there is none. May throw if the file is damaged. */
  readonly find: (reference: PDFRef) => PDFObject | undefined;
  /** The same without a cache: for objects that are numerous and needed once. */
  readonly read: (reference: PDFRef) => PDFObject | undefined;
}

/** The value of a key, behind any references; `undefined` if it is absent or null. */
export function getValue(objects: PdfObjects, dictionary: PDFDict, key: string): PDFObject | undefined {
  return dereference(objects, dictionary.get(PDFName.of(key)));
}

export function dereference(
  objects: PdfObjects,
  object: PDFObject | undefined,
  find = objects.find,
): PDFObject | undefined {
  let found = object;
  for (let step = 0; found instanceof PDFRef; step += 1) {
    if (step === MAX_REFERENCE_STEPS) throw new PdfDamagedError('a reference in it leads nowhere');
    found = find(found);
  }
  return found;
}

/** The same for every reference to one object: its number, or the object itself if it has none. */
export const getIdentity = (reference: PDFObject): unknown =>
  reference instanceof PDFRef ? reference.objectNumber : reference;

/** A dictionary, or the dictionary of a stream; `undefined` for every other object. */
export function asDictionary(object: PDFObject | undefined): PDFDict | undefined {
  if (object instanceof PDFStream) return object.dict;
  return object instanceof PDFDict ? object : undefined;
}

/** Equal names are one object, so comparing long ones costs nothing. */
export function getName(objects: PdfObjects, dictionary: PDFDict, key: string): PDFName | undefined {
  const value = getValue(objects, dictionary, key);
  return value instanceof PDFName ? value : undefined;
}

export function hasName(objects: PdfObjects, dictionary: PDFDict, key: string, name: string): boolean {
  return getName(objects, dictionary, key) === PDFName.of(name);
}

/** The elements of an array; none if the key is absent or has another kind of value. */
export function getElements(objects: PdfObjects, dictionary: PDFDict, key: string): readonly PDFObject[] {
  const value = getValue(objects, dictionary, key);
  if (!(value instanceof PDFArray)) return [];
  objects.budget.chargeVisits(value.size());
  return value.asArray();
}
