import { type PDFDict, PDFName, type PDFObject } from '@cantoo/pdf-lib';
import {
  asDictionary,
  elementsOf,
  isNamed,
  keyOf,
  type PdfObjects,
  resolved,
  valueOf,
} from './pdf-objects.js';
import { PdfDamaged } from './pdf-problems.js';

/** Above what fits into a document; a tree that names its nodes twice on every level has any number of pages. */
const MAX_PAGES = 1_000_000;

const PAGES = PDFName.of('Pages');
const ANNOTATIONS = PDFName.of('Annots');

/** What is known of the pages, without keeping them: each as its `keyOf`. */
export interface Pages {
  /** A page that the tree names twice is two pages. */
  readonly count: number;
  readonly keys: ReadonlySet<unknown>;
  /** What the pages list as their annotations. */
  readonly annotations: ReadonlySet<unknown>;
}

/** A node whose kids are being counted. */
interface OpenNode {
  readonly key: unknown;
  readonly kids: Iterator<PDFObject, undefined>;
  pages: number;
}

/**
 * Finds the pages that are there, not those that /Count promises. Several nodes may name the same one: it is read once.
 * Needs no stack: the tree may be any depth.
 * @throws {PdfDamaged} if there is none, one is missing, or the tree contains itself
 */
export function pagesOf(objects: PdfObjects, catalog: PDFDict): Pages {
  const root = catalog.get(PAGES);
  if (root === undefined || asDictionary(resolved(objects, root)) === undefined)
    throw new PdfDamaged('its pages are missing');
  const keys = new Set<unknown>();
  const annotations = annotationCollector(objects);
  const counted = new Map<unknown, number>();
  const above = new Set<unknown>();
  const open: OpenNode[] = [];
  /** The pages of a node that is known or is a page; none yet of one that is opened now. */
  const enter = (mention: PDFObject): number => {
    const key = keyOf(mention);
    if (above.has(key)) throw new PdfDamaged('its page tree contains itself');
    const known = counted.get(key);
    if (known !== undefined) return known;
    const node = asDictionary(resolved(objects, mention, objects.read));
    if (node === undefined) throw new PdfDamaged('one of its pages is missing');
    if (!isTree(objects, node)) {
      keys.add(key);
      annotations.collect(node);
      return 1;
    }
    above.add(key);
    open.push({ key, kids: elementsOf(objects, node, 'Kids').values(), pages: 0 });
    return 0;
  };
  let count = enter(root);
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const kid = top.kids.next();
    if (kid.value !== undefined) {
      top.pages += enter(kid.value);
      continue;
    }
    open.pop();
    above.delete(top.key);
    counted.set(top.key, top.pages);
    const parent = open.at(-1);
    if (parent === undefined) count = top.pages;
    else parent.pages += top.pages;
  }
  if (count === 0) throw new PdfDamaged('it has no pages');
  if (count > MAX_PAGES) throw new PdfDamaged(`it has more than ${MAX_PAGES} pages`);
  return { count, keys, annotations: annotations.keys };
}

const isTree = (objects: PdfObjects, node: PDFDict): boolean =>
  isNamed(objects, node, 'Type', 'Pages') || valueOf(objects, node, 'Kids') !== undefined;

/** Reads a list that several pages share once. */
function annotationCollector(objects: PdfObjects) {
  const keys = new Set<unknown>();
  const lists = new Set<unknown>();
  return {
    keys,
    collect: (page: PDFDict): void => {
      const list = page.get(ANNOTATIONS);
      if (list === undefined || lists.has(keyOf(list))) return;
      lists.add(keyOf(list));
      for (const mention of elementsOf(objects, page, 'Annots')) keys.add(keyOf(mention));
    },
  };
}
