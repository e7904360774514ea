import { PDFBool, type PDFDict, PDFHexString, type PDFObject, PDFString } from '@cantoo/pdf-lib';
import { asDictionary, isNamed, type PdfObjects, resolved, valueOf } from './pdf-objects.js';
import { type Pages, pagesOf } from './pdf-pages.js';
import { PdfDamaged, PdfRefused } from './pdf-problems.js';
import { type SignatureField, signatureFields } from './pdf-signature-fields.js';
import { forbidsChanges, signatureReader } from './pdf-signatures.js';
import type { PdfFacts } from './pdf-verdict.js';
import { type Placing, placingOf } from './pdf-widgets.js';

/** Of a field's name in a warning, in bytes; a longer one is not shown. */
const LONGEST_TITLE = 200;
const MAX_WARNINGS = 10;

/**
 * What matters of a document for signing it.
 * @throws {PdfRefused} if it is a dynamic XFA form, whose pages are made by the reader
 * @throws {PdfDamaged} if its structure does not hold together
 */
export function contentsOf(objects: PdfObjects): PdfFacts {
  const catalog = asDictionary(resolved(objects, objects.catalog));
  if (catalog === undefined || !isCatalog(objects, catalog)) throw new PdfDamaged('its catalog is missing');
  const form = asDictionary(valueOf(objects, catalog, 'AcroForm'));
  const isXfa = form !== undefined && valueOf(objects, form, 'XFA') !== undefined;
  if (isXfa && valueOf(objects, catalog, 'NeedsRendering') === PDFBool.True) {
    throw new PdfRefused('is a dynamic XFA form, which flexperto cannot sign; print it to a PDF');
  }
  const pages = pagesOf(objects, catalog);
  const fields = form === undefined ? [] : signatureFields(objects, form);
  const placed = placedFields(objects, pages, fields);
  return {
    pages: pages.count,
    fields: fields.length,
    signedFields: fields.length - placed.length,
    unplacedFields: placed.filter(({ placing }) => placing === 'nowhere').length,
    isLocked: forbidsChanges(objects, signaturesOf(objects, catalog, fields)),
    warnings: warningsOf(placed),
  };
}

/** The entry is required, but /Root says it already, and readers do without. */
const isCatalog = (objects: PdfObjects, catalog: PDFDict): boolean =>
  isNamed(objects, catalog, 'Type', 'Catalog') || valueOf(objects, catalog, 'Pages') !== undefined;

/** An empty signature field, with the best place that one of its widgets has. */
interface PlacedField {
  readonly title: PDFObject | undefined;
  readonly placing: Placing;
}

function placedFields(objects: PdfObjects, pages: Pages, fields: readonly SignatureField[]): PlacedField[] {
  const empty = fields.filter(({ signature }) => signature === undefined);
  return empty.map(({ title, widgets }) => {
    const places = new Set(widgets.map((widget) => placingOf(objects, pages, widget)));
    const placing = (['seen', 'unseen'] as const).find((place) => places.has(place)) ?? 'nowhere';
    return { title, placing };
  });
}

function warningsOf(placed: readonly PlacedField[]): string[] {
  const doubtful = placed.filter(({ placing }) => placing !== 'seen');
  const warnings = doubtful.slice(0, MAX_WARNINGS).map(({ title, placing }) => {
    const field = `has the signature field ${quoted(title)}`;
    return placing === 'nowhere'
      ? `${field}, which stands on no page: nobody can sign in it`
      : `${field}, which is hidden or has no size: nobody can see it`;
  });
  const more = doubtful.length - warnings.length;
  return more > 0 ? [...warnings, `has ${more} more such fields`] : warnings;
}

/** A field's name without what makes it look like another one. */
function quoted(title: PDFObject | undefined): string {
  const isText = title instanceof PDFString || title instanceof PDFHexString;
  const text = isText && title.sizeInBytes() <= LONGEST_TITLE ? title.decodeText() : '…';
  return `"${text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '')}"`;
}

/** The signatures in fields, and the one by which the catalog says that the document is certified. */
function signaturesOf(
  objects: PdfObjects,
  catalog: PDFDict,
  fields: readonly SignatureField[],
): ReadonlySet<PDFDict> {
  const permissions = asDictionary(valueOf(objects, catalog, 'Perms'));
  const certification = permissions && signatureReader(objects)(valueOf(objects, permissions, 'DocMDP'));
  const signatures = [...fields.map(({ signature }) => signature), certification];
  return new Set(signatures.filter((signature) => signature !== undefined));
}
