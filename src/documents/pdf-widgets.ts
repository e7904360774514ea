import { PDFArray, type PDFDict, PDFName, PDFNumber, type PDFObject } from '@cantoo/pdf-lib';
import { elementsOf, keyOf, type PdfObjects, resolved, valueOf } from './pdf-objects.js';
import type { Pages } from './pdf-pages.js';

/** A dictionary, and how an array mentions it: by a reference to its object, or directly. */
export interface Mentioned {
  readonly dictionary: PDFDict;
  readonly mention: PDFObject;
}

/** Where one can see a field: on no page, on a page but not to be seen, or on a page. */
export type Placing = 'nowhere' | 'unseen' | 'seen';

/** Annotation flags (ISO 32000-2, 12.5.3): Hidden, and NoView. */
const UNSEEN = 2 | 32;

const PAGE = PDFName.of('P');

/**
 * Where one can see a widget. It stands on a page of the page tree if that lists it, or if it names that: many producers
 * leave one of the two out.
 */
export function placingOf(objects: PdfObjects, pages: Pages, { dictionary, mention }: Mentioned): Placing {
  const page = dictionary.get(PAGE);
  const isOnPage =
    pages.annotations.has(keyOf(mention)) || (page !== undefined && pages.keys.has(keyOf(page)));
  if (!isOnPage) return 'nowhere';
  const flags = valueOf(objects, dictionary, 'F');
  const isHidden = flags instanceof PDFNumber && (flags.asNumber() & UNSEEN) !== 0;
  return isHidden || !hasSize(objects, dictionary) ? 'unseen' : 'seen';
}

function hasSize(objects: PdfObjects, widget: PDFDict): boolean {
  const list = valueOf(objects, widget, 'Rect');
  if (!(list instanceof PDFArray) || list.size() !== 4) return false;
  const [left, bottom, right, top] = elementsOf(objects, widget, 'Rect').map((element) => {
    const number = resolved(objects, element);
    return number instanceof PDFNumber ? number.asNumber() : Number.NaN;
  }) as [number, number, number, number];
  return Math.abs(right - left) > 0 && Math.abs(top - bottom) > 0;
}
