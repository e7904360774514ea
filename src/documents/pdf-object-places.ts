import { PDFName, PDFNumber, type PDFObject } from '@cantoo/pdf-lib';
import { type PdfObjects, resolved } from './pdf-objects.js';
import { PdfDamaged } from './pdf-problems.js';
import { FREED, type PdfReference } from './pdf-reference.js';
import { streamData } from './pdf-stream-data.js';
import { type PackedStream, type PdfBytes, PdfTokens } from './pdf-tokens.js';

/** An unpacked object stream, and where each of its objects begins, by number. */
export interface ObjectStream {
  readonly source: PdfBytes;
  readonly places: ReadonlyMap<number, number>;
}

/**
 * The objects of a file whose places are known. Each is read when it is asked for, so that a document's images and texts
 * cost neither time nor memory, and only where its number stands in front of it. `find` throws `PdfDamaged` otherwise.
 */
export function objectsAt(
  source: PdfBytes,
  references: ReadonlyMap<number, PdfReference>,
  catalog: PDFObject | undefined,
): PdfObjects {
  const streams = new Map<number, ObjectStream>();
  const found = new Map<number, PDFObject>();
  const streamNumbered = (number: number): ObjectStream => {
    const known = streams.get(number);
    if (known !== undefined) return known;
    const place = references.get(number) ?? FREED;
    if (place <= FREED) throw new PdfDamaged('an object stream is missing');
    const packed = new PdfTokens(source, place).numberedStream(number, (length) => resolved(objects, length));
    const stream = readObjectStream(packed, source);
    streams.set(number, stream);
    return stream;
  };
  const read = (number: number, reference: PdfReference): PDFObject => {
    if (reference > 0) return new PdfTokens(source, reference).numberedObject(number);
    const stream = streamNumbered(-reference);
    const place = stream.places.get(number);
    if (place === undefined) throw new PdfDamaged('its cross-references are wrong');
    return new PdfTokens(stream.source, place).object();
  };
  const objects: PdfObjects = {
    budget: source.budget,
    catalog,
    read: ({ objectNumber }) => {
      source.budget.visited();
      const known = found.get(objectNumber);
      const reference = references.get(objectNumber) ?? FREED;
      return known ?? (reference === FREED ? undefined : read(objectNumber, reference));
    },
    find: (reference) => {
      const object = objects.read(reference);
      if (object !== undefined) found.set(reference.objectNumber, object);
      return object;
    },
  };
  return objects;
}

/** @throws {PdfDamaged} if it is none, or cannot be unpacked */
export function readObjectStream(packed: PackedStream, { context, budget }: PdfBytes): ObjectStream {
  const count = packed.dictionary.get(PDFName.of('N'));
  const first = packed.dictionary.get(PDFName.of('First'));
  if (!(count instanceof PDFNumber) || !(first instanceof PDFNumber))
    throw new PdfDamaged('an object stream is unreadable');
  const source = { bytes: streamData(packed, budget), context, budget };
  const tokens = new PdfTokens(source, 0);
  const places = new Map<number, number>();
  for (let index = 0; index < count.asNumber(); index += 1) {
    budget.referenced(1);
    const number = tokens.number();
    const place = first.asNumber() + tokens.number();
    if (!places.has(number)) places.set(number, place);
  }
  return { source, places };
}
