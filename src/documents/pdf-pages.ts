import type { PDFDict } from '@cantoo/pdf-lib';
import { asDictionary, elementsOf, nameOf, type PdfObjects, resolved, valueOf } from './pdf-objects.js';
import { PdfDamaged } from './pdf-problems.js';

/**
 * Counts the pages that are there, not those that /Count promises. Needs no stack: the tree may be any depth.
 * @throws {PdfDamaged} if there is none, one is missing, or the tree contains itself
 */
export function countPages(objects: PdfObjects, catalog: PDFDict): number {
  const root = asDictionary(valueOf(objects, catalog, 'Pages'));
  if (root === undefined) throw new PdfDamaged('its pages are missing');
  const seen = new Set<PDFDict>();
  const open = [root];
  let pages = 0;
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (!isTree(objects, node)) {
      pages += 1;
      continue;
    }
    if (seen.has(node)) throw new PdfDamaged('its page tree contains itself');
    seen.add(node);
    for (const kid of elementsOf(objects, node, 'Kids')) open.push(pageOrTree(objects, kid));
  }
  if (pages === 0) throw new PdfDamaged('it has no pages');
  return pages;
}

const isTree = (objects: PdfObjects, node: PDFDict): boolean =>
  nameOf(objects, node, 'Type') === 'Pages' || valueOf(objects, node, 'Kids') !== undefined;

function pageOrTree(objects: PdfObjects, kid: Parameters<typeof resolved>[1]): PDFDict {
  const node = asDictionary(resolved(objects, kid));
  if (node === undefined) throw new PdfDamaged('one of its pages is missing');
  return node;
}
