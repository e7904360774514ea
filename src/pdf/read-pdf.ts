import { PDFBool, PDFContext, type PDFDict, PDFHexString, type PDFObject, PDFString } from '@cantoo/pdf-lib';
import { PdfBudget, PdfDamagedError, PdfRefusedError } from './budget.js';
import {
  type PdfObjects,
  asDictionary,
  dereference,
  findObjectsByReferences,
  findObjectsByScan,
  getValue,
  hasName,
} from './objects.js';
import { type PageTree, readPages } from './pages.js';
import {
  type SignatureField,
  type Visibility,
  createSignatureReader,
  findSignatureFields,
  forbidsChanges,
  getVisibility,
} from './signature-fields.js';
import type { PdfSource } from './tokenizer.js';
import type { PdfFacts } from './verdict.js';

/** Readers accept the header anywhere in the first KiB, because mail gateways put lines before it. */
const HEADER_WITHIN = 1024;
const END_MARKER = '%%EOF';

/** Every further revision has one of these. */
const REVISION_KEYWORDS = ['obj', 'xref', 'trailer'];

/** The beginning of a revision that is cut off before the end of its first `obj`. */
const OBJECT_START = /^[\s\0]*\d+(\s+(\d+(\s+o?b?)?)?)?$/;

/**
 * Checks both ends of the file, and returns where it ends: behind its last end marker.
 *
 * An interrupted download of a file with several revisions still holds a complete older one, which may have other fields.
 * So nothing of a revision may follow the last end marker. A linearized file has its first end marker near its beginning,
 * so it must have its full length. Anything else that follows, such as a line of a server, does no harm.
 * @throws {PdfRefusedError} if it is not a PDF
 * @throws {PdfDamagedError} if its end is missing
 */
function checkBoundaries(bytes: Buffer): number {
  if (bytes.length === 0) throw new PdfRefusedError('is empty');
  const head = bytes.subarray(0, HEADER_WITHIN).toString('latin1');
  if (!head.includes('%PDF-')) throw new PdfRefusedError('is not a PDF');
  const marker = bytes.lastIndexOf(END_MARKER);
  if (marker === -1) throw new PdfDamagedError('its end is missing');
  const end = marker + END_MARKER.length;
  if (isTruncated(bytes.subarray(end))) {
    throw new PdfDamagedError('its last revision is cut off, or something was appended to it');
  }
  const length = /\/Linearized\b[^>]*\/L\s+(\d+)/.exec(head)?.[1];
  if (length !== undefined && Number(length) > bytes.length) throw new PdfDamagedError('its end is missing');
  return end;
}

function isTruncated(trailing: Buffer): boolean {
  if (REVISION_KEYWORDS.some((word) => trailing.includes(word))) return true;
  // The beginning of an object without its `obj` is a few bytes and white space.
  return trailing.length < HEADER_WITHIN && OBJECT_START.test(trailing.toString('latin1'));
}

/** A warning does not show a field's name that has more bytes. */
const MAX_TITLE_BYTES = 200;
const MAX_WARNINGS = 10;

/**
 * The facts of a document that matter for signing it.
 * @throws {PdfRefusedError} if it is a dynamic XFA form, whose pages the reader generates
 * @throws {PdfDamagedError} if its structure is broken
 */
function readFacts(objects: PdfObjects): PdfFacts {
  const catalog = asDictionary(dereference(objects, objects.catalog));
  if (catalog === undefined || !isCatalog(objects, catalog))
    throw new PdfDamagedError('its catalog is missing');
  const form = asDictionary(getValue(objects, catalog, 'AcroForm'));
  const isXfa = form !== undefined && getValue(objects, form, 'XFA') !== undefined;
  if (isXfa && getValue(objects, catalog, 'NeedsRendering') === PDFBool.True) {
    throw new PdfRefusedError('is a dynamic XFA form, which flexperto cannot sign; print it to a PDF');
  }
  const pages = readPages(objects, catalog);
  const fields = form === undefined ? [] : findSignatureFields(objects, form);
  const emptyFields = findEmptyFields(objects, pages, fields);
  return {
    pages: pages.count,
    fields: fields.length,
    signedFields: fields.length - emptyFields.length,
    unplacedFields: emptyFields.filter(({ visibility }) => visibility === 'off-page').length,
    isLocked: forbidsChanges(objects, collectSignatures(objects, catalog, fields)),
    warnings: describeWarnings(emptyFields),
  };
}

/** /Type is required, but readers do without it, because /Root points to the catalog. */
const isCatalog = (objects: PdfObjects, catalog: PDFDict): boolean =>
  hasName(objects, catalog, 'Type', 'Catalog') || getValue(objects, catalog, 'Pages') !== undefined;

/** An empty signature field, with the best visibility among its widgets. */
interface EmptyField {
  readonly title: PDFObject | undefined;
  readonly visibility: Visibility;
}

function findEmptyFields(
  objects: PdfObjects,
  pages: PageTree,
  fields: readonly SignatureField[],
): EmptyField[] {
  const empty = fields.filter(({ signature }) => signature === undefined);
  return empty.map(({ title, widgets }) => {
    const visibilities = new Set(widgets.map((widget) => getVisibility(objects, pages, widget)));
    const visibility =
      (['visible', 'hidden'] as const).find((candidate) => visibilities.has(candidate)) ?? 'off-page';
    return { title, visibility };
  });
}

function describeWarnings(emptyFields: readonly EmptyField[]): string[] {
  const unusable = emptyFields.filter(({ visibility }) => visibility !== 'visible');
  const warnings = unusable.slice(0, MAX_WARNINGS).map(({ title, visibility }) => {
    const field = `has the signature field ${quoteTitle(title)}`;
    return visibility === 'off-page'
      ? `${field}, which stands on no page: nobody can sign in it`
      : `${field}, which is hidden or has no size: nobody can see it`;
  });
  const omitted = unusable.length - warnings.length;
  return omitted > 0 ? [...warnings, `has ${omitted} more such fields`] : warnings;
}

/** A field's name without invisible characters, which make it look like another one. */
function quoteTitle(title: PDFObject | undefined): string {
  const isText = title instanceof PDFString || title instanceof PDFHexString;
  const text = isText && title.sizeInBytes() <= MAX_TITLE_BYTES ? title.decodeText() : '…';
  return `"${text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '')}"`;
}

/** The signatures in fields, and the certification that the catalog names. */
function collectSignatures(
  objects: PdfObjects,
  catalog: PDFDict,
  fields: readonly SignatureField[],
): ReadonlySet<PDFDict> {
  const permissions = asDictionary(getValue(objects, catalog, 'Perms'));
  const certification =
    permissions && createSignatureReader(objects)(getValue(objects, permissions, 'DocMDP'));
  const signatures = [...fields.map(({ signature }) => signature), certification];
  return new Set(signatures.filter((signature) => signature !== undefined));
}

export type PdfReadResult = PdfFacts | { readonly problem: string };

/**
 * Reads a PDF as a viewer does: by its cross-references, where the newest revision decides. If they are wrong, it scans the
 * whole file, where the last definition of an object decides. Never throws, whatever the bytes are. `PdfBudget` and the
 * engine's stack and heap bound the cost.
 */
export function readPdf(file: Buffer): PdfReadResult {
  try {
    const bytes = file.subarray(0, checkBoundaries(file));
    const source = { bytes, context: PDFContext.create(), budget: new PdfBudget(bytes.length) };
    return tryCrossReferences(source) ?? readFacts(findObjectsByScan(source));
  } catch (error) {
    if (error instanceof PdfRefusedError) return { problem: error.message };
    const reason = error instanceof PdfDamagedError ? error.message : 'its structure cannot be read';
    return { problem: `is damaged: ${reason}` };
  }
}

/** `undefined` if the cross-references, or the objects that they name, are wrong. */
function tryCrossReferences(source: PdfSource): PdfFacts | undefined {
  try {
    return readFacts(findObjectsByReferences(source));
  } catch (error) {
    if (error instanceof PdfRefusedError) throw error;
    return undefined;
  }
}
