import { PDFContext, PDFName, PDFNumber, type PDFObject, PDFRawStream } from '@cantoo/pdf-lib';
import { crossReferences } from './pdf-cross-references.js';
import type { PdfObjects } from './pdf-objects.js';
import { encrypted, PdfDamaged } from './pdf-problems.js';
import type { PdfReference } from './pdf-reference.js';
import { streamData } from './pdf-stream-data.js';
import { PdfTokens } from './pdf-tokens.js';

/** An unpacked object stream: the numbers of its objects in their order, and where each begins. */
interface ObjectStream {
  readonly data: Buffer;
  readonly numbers: readonly number[];
  readonly places: readonly number[];
}

/**
 * The objects of a file by its cross-references. Each is read when it is asked for, so that a document's images and
 * texts cost neither time nor memory, and only where its number stands in front of it.
 * @throws {PdfRefused} if any revision names encryption
 * @throws {PdfDamaged} if the cross-references do not hold, here or in `find`
 */
export function referencedObjects(bytes: Buffer): PdfObjects {
  const { references, trailers } = crossReferences(bytes);
  if (trailers.some((trailer) => trailer.has(PDFName.of('Encrypt')))) throw encrypted();
  const context = PDFContext.create();
  const streams = new Map<number, ObjectStream>();
  const found = new Map<number, PDFObject>();

  const at = (place: number, number: number): PDFObject =>
    new PdfTokens(bytes, place, context).numberedObject(number);
  const streamNumbered = (number: number): ObjectStream => {
    const known = streams.get(number);
    if (known !== undefined) return known;
    const reference = references.get(number);
    if (reference?.kind !== 'at') throw new PdfDamaged('an object stream is missing');
    const stream = readObjectStream(at(reference.place, number));
    streams.set(number, stream);
    return stream;
  };
  const read = (number: number, reference: PdfReference): PDFObject | undefined => {
    if (reference.kind === 'free') return undefined;
    if (reference.kind === 'at') return at(reference.place, number);
    const { data, numbers, places } = streamNumbered(reference.stream);
    const place = places[reference.index];
    if (place === undefined || numbers[reference.index] !== number)
      throw new PdfDamaged('its cross-references are wrong');
    return new PdfTokens(data, place, context).object();
  };

  return {
    catalog: trailers[0]?.get(PDFName.of('Root')),
    find: ({ objectNumber }) => {
      const known = found.get(objectNumber);
      const reference = references.get(objectNumber);
      if (known !== undefined || reference === undefined) return known;
      const object = read(objectNumber, reference);
      if (object !== undefined) found.set(objectNumber, object);
      return object;
    },
  };
}

function readObjectStream(stream: PDFObject): ObjectStream {
  if (!(stream instanceof PDFRawStream)) throw new PdfDamaged('an object stream is missing');
  const count = stream.dict.get(PDFName.of('N'));
  const first = stream.dict.get(PDFName.of('First'));
  if (!(count instanceof PDFNumber) || !(first instanceof PDFNumber))
    throw new PdfDamaged('an object stream is unreadable');
  const data = streamData(stream);
  const tokens = new PdfTokens(data, 0);
  const numbers: number[] = [];
  const places: number[] = [];
  for (let index = 0; index < count.asNumber(); index += 1) {
    numbers.push(tokens.number());
    places.push(first.asNumber() + tokens.number());
  }
  return { data, numbers, places };
}
