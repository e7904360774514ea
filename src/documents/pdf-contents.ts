import { PDFBool, type PDFDict } from '@cantoo/pdf-lib';
import { asDictionary, elementsOf, nameOf, type PdfObjects, resolved, valueOf } from './pdf-objects.js';
import { countPages } from './pdf-pages.js';
import { PdfDamaged, PdfRefused } from './pdf-problems.js';
import { countSignatureFields, type SignatureFields } from './pdf-signature-fields.js';

export interface PdfContents extends SignatureFields {
  readonly pages: number;
}

/**
 * Pages and signature fields of a document.
 * @throws {PdfRefused} if it is a dynamic XFA form, whose pages are made by the reader
 * @throws {PdfDamaged} if its structure does not hold together
 */
export function contentsOf(objects: PdfObjects): PdfContents {
  const catalog = asDictionary(resolved(objects, objects.catalog));
  if (catalog === undefined || nameOf(objects, catalog, 'Type') !== 'Catalog') {
    throw new PdfDamaged('its catalog is missing');
  }
  const form = asDictionary(valueOf(objects, catalog, 'AcroForm'));
  if (form !== undefined && isDynamicXfa(objects, catalog, form)) {
    throw new PdfRefused('is a dynamic XFA form, which flexperto cannot sign; print it to a PDF');
  }
  const pages = countPages(objects, catalog);
  const fields = form === undefined ? { fields: 0, signedFields: 0 } : countSignatureFields(objects, form);
  return { pages, ...fields };
}

/** A static XFA form has its pages and fields in the PDF as well, and is read there. */
function isDynamicXfa(objects: PdfObjects, catalog: PDFDict, form: PDFDict): boolean {
  if (valueOf(objects, form, 'XFA') === undefined) return false;
  const needsRendering = valueOf(objects, catalog, 'NeedsRendering') === PDFBool.True;
  return needsRendering || elementsOf(objects, form, 'Fields').length === 0;
}
