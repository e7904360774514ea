import {
  PDFDict,
  PDFInvalidObject,
  PDFName,
  type PDFObject,
  PDFRef,
  PDFNumber,
  PDFArray,
  PDFStream,
} from '@cantoo/pdf-lib';
import { createEncryptedError, PdfRefusedError, PdfDamagedError } from './budget.js';
import { inObjectStream, type CrossReference, readCrossReferences, FREE } from './cross-references.js';
import { type PdfSource, PdfTokenizer, decodeStream, type EncodedStream } from './tokenizer.js';

import type { PdfBudget } from './budget.js';

/** The number of an object stands so far before its `obj`, at most. */
const OBJECT_HEADER_WITHIN = 40;
const OBJECT_HEADER = /(\d{1,10})\s+\d{1,5}\s*$/;
const ROOT = PDFName.of('Root');

/** What a scan has come across. */
interface Scan {
  readonly source: PdfSource;
  readonly references: Map<number, CrossReference>;
  /** Trailers, and the dictionaries of cross-reference streams, in the order of the file. */
  readonly trailers: PDFDict[];
  /** The last object that says it is a catalog. */
  catalog: PDFRef | undefined;
}

/**
 * All objects of a file, found by reading it from the beginning to the end without its cross-references: the last
 * definition of an object counts, and one that a later revision merely freed is still there. An object that is unreadable
 * is there as such.
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

/** Every byte is looked at once for each of the words: a word is never looked for again where it was not found. */
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

/** Where a word is found from a place on, or else the end. Places must grow from one call to the next. */
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

/** What an object is, as far as it matters for finding others. */
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

/** Behind the data of a stream, in which whatever looks like an object is none. */
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

/** What `read` brings, or `otherwise` where it fails; a bound is one everywhere. */
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
 * @throws {PdfRefused} if any revision names encryption
 * @throws {PdfDamaged} if the cross-references do not hold, here or in `find`
 */
export function findObjectsByReferences(source: PdfSource): PdfObjects {
  const { references, trailers } = readCrossReferences(source);
  if (trailers.some((trailer) => trailer.has(PDFName.of('Encrypt')))) throw createEncryptedError();
  return createPdfObjects(source, references, trailers[0]?.get(PDFName.of('Root')));
}

/** An unpacked object stream, and where each of its objects begins, by number. */
export interface ObjectStream {
  readonly source: PdfSource;
  readonly offsets: ReadonlyMap<number, number>;
}

/**
 * The objects of a file whose places are known. Each is read when it is asked for, so that a document's images and texts
 * cost neither time nor memory, and only where its number stands in front of it. `find` throws `PdfDamaged` otherwise.
 */
export function createPdfObjects(
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

/** @throws {PdfDamagedError} if it is none, or cannot be unpacked */
export function readObjectStream(encoded: EncodedStream, { context, budget }: PdfSource): ObjectStream {
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

/** References that lead to references: real files have none. */
const MAX_REFERENCE_STEPS = 8;

/** The objects of one PDF, however they were found. */
export interface PdfObjects {
  readonly budget: PdfBudget;
  readonly catalog: PDFObject | undefined;
  /** The object behind a reference; undefined where there is none. May throw where the file is damaged. */
  readonly find: (reference: PDFRef) => PDFObject | undefined;
  /** The same without keeping it for the next time: for objects that come in great numbers and are needed once. */
  readonly read: (reference: PDFRef) => PDFObject | undefined;
}

/** The value of a key, behind any references; undefined where it is absent or null. */
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

/** What two mentions of one object have in common: its number, or the object itself where it has none. */
export const getIdentity = (reference: PDFObject): unknown =>
  reference instanceof PDFRef ? reference.objectNumber : reference;

/** The dictionary, a stream's included; undefined for every other kind of object. */
export function asDictionary(object: PDFObject | undefined): PDFDict | undefined {
  if (object instanceof PDFStream) return object.dict;
  return object instanceof PDFDict ? object : undefined;
}

/** Equal names are one object, so that to compare long ones costs nothing. */
export function getName(objects: PdfObjects, dictionary: PDFDict, key: string): PDFName | undefined {
  const value = getValue(objects, dictionary, key);
  return value instanceof PDFName ? value : undefined;
}

export function hasName(objects: PdfObjects, dictionary: PDFDict, key: string, name: string): boolean {
  return getName(objects, dictionary, key) === PDFName.of(name);
}

/** The elements of an array; none where the key is absent or something else. */
export function getElements(objects: PdfObjects, dictionary: PDFDict, key: string): readonly PDFObject[] {
  const value = getValue(objects, dictionary, key);
  if (!(value instanceof PDFArray)) return [];
  objects.budget.chargeVisits(value.size());
  return value.asArray();
}
