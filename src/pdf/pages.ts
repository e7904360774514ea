import { type PDFDict, PDFName, type PDFObject } from '@cantoo/pdf-lib';
import { PdfDamagedError } from './budget.js';
import {
  type PdfObjects,
  asDictionary,
  dereference,
  getElements,
  getIdentity,
  getValue,
  hasName,
} from './objects.js';

/** More than fits into a document. A tree that names its nodes twice on every level can have any number of pages. */
const MAX_PAGES = 1_000_000;

const PAGES = PDFName.of('Pages');
const ANNOTATIONS = PDFName.of('Annots');

/** The pages of a document, each as its identity (`getIdentity`). */
export interface PageTree {
  /** A page that the tree names twice is two pages. */
  readonly count: number;
  readonly identities: ReadonlySet<unknown>;
  /** The annotations that the pages list. */
  readonly annotations: ReadonlySet<unknown>;
}

/** A node whose kids are being counted. */
interface PendingNode {
  readonly identity: unknown;
  readonly kids: Iterator<PDFObject, undefined>;
  pageCount: number;
}

/**
 * Counts the pages that are there, not those that /Count declares. Reads a node once, even if several nodes name it. Works
 * without recursion, so the tree may have any depth.
 * @throws {PdfDamagedError} if there is no page, one is missing, or the tree contains itself
 */
export function readPages(objects: PdfObjects, catalog: PDFDict): PageTree {
  const root = catalog.get(PAGES);
  if (root === undefined || asDictionary(dereference(objects, root)) === undefined)
    throw new PdfDamagedError('its pages are missing');
  const pageIdentities = new Set<unknown>();
  const annotations = createAnnotationCollector(objects);
  const pageCounts = new Map<unknown, number>();
  const ancestors = new Set<unknown>();
  const stack: PendingNode[] = [];
  /** The page count of a page or of a known node; 0 for a node that is pushed on the stack. */
  const visitNode = (reference: PDFObject): number => {
    const identity = getIdentity(reference);
    if (ancestors.has(identity)) throw new PdfDamagedError('its page tree contains itself');
    const known = pageCounts.get(identity);
    if (known !== undefined) return known;
    const node = asDictionary(dereference(objects, reference, objects.read));
    if (node === undefined) throw new PdfDamagedError('one of its pages is missing');
    if (!isPageTreeNode(objects, node)) {
      pageIdentities.add(identity);
      annotations.collect(node);
      return 1;
    }
    ancestors.add(identity);
    stack.push({ identity, kids: getElements(objects, node, 'Kids').values(), pageCount: 0 });
    return 0;
  };
  let count = visitNode(root);
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const kid = top.kids.next();
    if (kid.value !== undefined) {
      top.pageCount += visitNode(kid.value);
      continue;
    }
    stack.pop();
    ancestors.delete(top.identity);
    pageCounts.set(top.identity, top.pageCount);
    const parent = stack.at(-1);
    if (parent === undefined) count = top.pageCount;
    else parent.pageCount += top.pageCount;
  }
  if (count === 0) throw new PdfDamagedError('it has no pages');
  if (count > MAX_PAGES) throw new PdfDamagedError(`it has more than ${MAX_PAGES} pages`);
  return { count, identities: pageIdentities, annotations: annotations.identities };
}

const isPageTreeNode = (objects: PdfObjects, node: PDFDict): boolean =>
  hasName(objects, node, 'Type', 'Pages') || getValue(objects, node, 'Kids') !== undefined;

/** Collects the annotations of pages. Reads a list once, even if several pages share it. */
function createAnnotationCollector(objects: PdfObjects) {
  const identities = new Set<unknown>();
  const lists = new Set<unknown>();
  return {
    identities,
    collect: (page: PDFDict): void => {
      const list = page.get(ANNOTATIONS);
      if (list === undefined || lists.has(getIdentity(list))) return;
      lists.add(getIdentity(list));
      for (const reference of getElements(objects, page, 'Annots')) identities.add(getIdentity(reference));
    },
  };
}
