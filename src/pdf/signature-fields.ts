import {
  PDFArray,
  type PDFDict,
  PDFHexString,
  PDFInvalidObject,
  PDFName,
  PDFNumber,
  type PDFObject,
  PDFString,
} from '@cantoo/pdf-lib';
import { PdfDamagedError } from './budget.js';
import {
  type PdfObjects,
  asDictionary,
  dereference,
  getElements,
  getIdentity,
  getName,
  getValue,
  hasName,
} from './objects.js';
import type { PageTree } from './pages.js';

/** A dictionary, and the element of an array that leads to it: a reference, or the dictionary itself. */
export interface ReferencedDictionary {
  readonly dictionary: PDFDict;
  readonly reference: PDFObject;
}

/** Whether a field is on no page, invisible on a page, or visible on a page. */
export type Visibility = 'off-page' | 'hidden' | 'visible';

/** Annotation flags (ISO 32000-2, 12.5.3): Hidden, and NoView. */
const HIDDEN_FLAGS = 2 | 32;

const PAGE = PDFName.of('P');

/**
 * The visibility of a widget. It is on a page if the page lists it or if it names the page: many producers leave out one
 * of the two.
 */
export function getVisibility(
  objects: PdfObjects,
  pageTree: PageTree,
  { dictionary, reference }: ReferencedDictionary,
): Visibility {
  const page = dictionary.get(PAGE);
  const isOnPage =
    pageTree.annotations.has(getIdentity(reference)) ||
    (page !== undefined && pageTree.identities.has(getIdentity(page)));
  if (!isOnPage) return 'off-page';
  const flags = getValue(objects, dictionary, 'F');
  const isHidden = flags instanceof PDFNumber && (flags.asNumber() & HIDDEN_FLAGS) !== 0;
  return isHidden || !hasSize(objects, dictionary) ? 'hidden' : 'visible';
}

function hasSize(objects: PdfObjects, widget: PDFDict): boolean {
  const list = getValue(objects, widget, 'Rect');
  if (!(list instanceof PDFArray) || list.size() !== 4) return false;
  const [left, bottom, right, top] = getElements(objects, widget, 'Rect').map((element) => {
    const number = dereference(objects, element);
    return number instanceof PDFNumber ? number.asNumber() : Number.NaN;
  }) as [number, number, number, number];
  return Math.abs(right - left) > 0 && Math.abs(top - bottom) > 0;
}

/** The permission of a certification that forbids every change (ISO 32000-2, table 257). */
const NO_CHANGES_PERMITTED = 1;

/** Reads signatures and skips placeholders: software that prepares a signature fills /Contents with zeros. */
export function createSignatureReader(
  objects: PdfObjects,
): (value: PDFObject | undefined) => PDFDict | undefined {
  const empty = new Map<PDFObject, boolean>();
  return (value) => {
    const signature = asDictionary(value);
    const contents = signature && getValue(objects, signature, 'Contents');
    if (contents === undefined) return signature;
    const isEmpty = empty.get(contents) ?? isAllZeros(contents);
    empty.set(contents, isEmpty);
    return isEmpty ? undefined : signature;
  };
}

function isAllZeros(contents: PDFObject): boolean {
  if (contents instanceof PDFHexString) return /^[0\s]*$/.test(contents.asString());
  return contents instanceof PDFString && contents.asBytes().every((byte) => byte === 0);
}

/**
 * Whether one of these signatures forbids every change, so that a further signature would break it. It counts even if the
 * catalog does not name it, because some validators heed it.
 */
export function forbidsChanges(objects: PdfObjects, signatures: Iterable<PDFDict>): boolean {
  return [...signatures].some((signature) =>
    getElements(objects, signature, 'Reference').some((element) => {
      const reference = asDictionary(dereference(objects, element));
      if (reference === undefined || !hasName(objects, reference, 'TransformMethod', 'DocMDP')) return false;
      const parameters = asDictionary(getValue(objects, reference, 'TransformParams'));
      const permission = parameters && getValue(objects, parameters, 'P');
      return permission instanceof PDFNumber && permission.asNumber() === NO_CHANGES_PERMITTED;
    }),
  );
}

/** Real forms nest fields three or four levels deep. */
const MAX_DEPTH = 100;
const MAX_FIELDS = 100_000;

const SIGNATURE = PDFName.of('Sig');

/** A signature field. It is one field, however many widgets it has and however often the form names it. */
export interface SignatureField {
  /** Its partial name, if it has one. */
  readonly title: PDFObject | undefined;
  /** `undefined` if nobody has signed in it. */
  readonly signature: PDFDict | undefined;
  /** The field itself if it has no other widget. */
  readonly widgets: readonly ReferencedDictionary[];
}

/** The attributes that a field inherits from the fields above it (ISO 32000-2, 12.7.4.1: /FT and /V). */
interface InheritedAttributes {
  readonly type: PDFName | undefined;
  readonly signature: PDFDict | undefined;
}

/**
 * The signature fields of a form. A field may have its type from a field above it, or only from its widget. A signature
 * widget whose field is not in the form does not count: signing software looks in the form (ISO 32000-2, 12.7.3).
 * @throws {PdfDamagedError} if a field contains itself, or the form is nested too deep or has too many fields
 */
export function findSignatureFields(objects: PdfObjects, form: PDFDict): readonly SignatureField[] {
  const visited = new Set<PDFDict>();
  const ancestors = new Set<PDFDict>();
  const fields: SignatureField[] = [];
  const readSignature = createSignatureReader(objects);

  const visit = (entry: ReferencedDictionary, inherited: InheritedAttributes): void => {
    const node = entry.dictionary;
    if (ancestors.has(node)) throw new PdfDamagedError('a field of its form contains itself');
    if (visited.has(node)) return;
    if (ancestors.size === MAX_DEPTH) throw new PdfDamagedError('the fields of its form are nested too deep');
    if (visited.size === MAX_FIELDS) throw new PdfDamagedError('its form has too many fields');
    visited.add(node);
    const attributes = {
      type: getName(objects, node, 'FT') ?? inherited.type,
      signature: readSignature(getValue(objects, node, 'V')) ?? inherited.signature,
    };
    const { childFields, widgets } = classifyKids(objects, node);
    ancestors.add(node);
    for (const field of childFields) visit(field, attributes);
    ancestors.delete(node);
    if (childFields.length > 0 || getFieldType(objects, attributes, widgets) !== SIGNATURE) return;
    const title = getValue(objects, node, 'T');
    fields.push({ title, signature: attributes.signature, widgets: widgets.length > 0 ? widgets : [entry] });
  };

  for (const field of readDictionaries(objects, getElements(objects, form, 'Fields'))) {
    visit(field, { type: undefined, signature: undefined });
  }
  return fields;
}

/** A kid that has a name or kids is a field; every other kid is a widget of this field. */
function classifyKids(
  objects: PdfObjects,
  node: PDFDict,
): Record<'childFields' | 'widgets', readonly ReferencedDictionary[]> {
  const kids = readDictionaries(objects, getElements(objects, node, 'Kids'));
  const isField = ({ dictionary }: ReferencedDictionary): boolean =>
    getValue(objects, dictionary, 'T') !== undefined || getValue(objects, dictionary, 'Kids') !== undefined;
  return { childFields: kids.filter(isField), widgets: kids.filter((kid) => !isField(kid)) };
}

const getFieldType = (
  objects: PdfObjects,
  attributes: InheritedAttributes,
  widgets: readonly ReferencedDictionary[],
): PDFName | undefined =>
  attributes.type ??
  widgets.map(({ dictionary }) => getName(objects, dictionary, 'FT')).find((type) => type !== undefined);

/** Skips null, which deleted fields leave behind. @throws {PdfDamagedError} if an element is unreadable */
function readDictionaries(
  objects: PdfObjects,
  elements: readonly PDFObject[],
): readonly ReferencedDictionary[] {
  return elements.flatMap((reference) => {
    const object = dereference(objects, reference);
    if (object instanceof PDFInvalidObject) throw new PdfDamagedError('a field of its form is unreadable');
    const dictionary = asDictionary(object);
    return dictionary === undefined ? [] : { dictionary, reference };
  });
}
