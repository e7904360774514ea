import {
  PDFArray,
  type PDFDict,
  PDFName,
  PDFNumber,
  type PDFObject,
  PDFHexString,
  PDFString,
  PDFInvalidObject,
} from '@cantoo/pdf-lib';
import {
  getElements,
  getIdentity,
  type PdfObjects,
  dereference,
  getValue,
  asDictionary,
  hasName,
  getName,
} from './objects.js';
import type { PageTree } from './pages.js';

import { PdfDamagedError } from './budget.js';

/** A dictionary, and how an array mentions it: by a reference to its object, or directly. */
export interface ReferencedDictionary {
  readonly dictionary: PDFDict;
  readonly reference: PDFObject;
}

/** Where one can see a field: on no page, on a page but not to be seen, or on a page. */
export type Visibility = 'off-page' | 'hidden' | 'visible';

/** Annotation flags (ISO 32000-2, 12.5.3): Hidden, and NoView. */
const HIDDEN_FLAGS = 2 | 32;

const PAGE = PDFName.of('P');

/**
 * Where one can see a widget. It stands on a page of the page tree if that lists it, or if it names that: many producers
 * leave one of the two out.
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

/** The permission of a certification after which nothing may change (ISO 32000-2, table 257). */
const NO_CHANGES_PERMITTED = 1;

/** Tells apart signatures and what merely keeps their place: software that prepares a signature fills /Contents with zeros. */
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
 * Whether one of these signatures forbids every change, so that a further signature would break it. The catalog need not
 * name it: some validators heed it all the same.
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

/** Real forms nest names three or four levels deep. */
const MAX_DEPTH = 100;
const MAX_FIELDS = 100_000;

const SIGNATURE = PDFName.of('Sig');

/** A signature field, whatever the number of its widgets and of the places that name it. */
export interface SignatureField {
  /** Its partial name; undefined where it has none. */
  readonly title: PDFObject | undefined;
  /** Undefined where nobody has signed in it. */
  readonly signature: PDFDict | undefined;
  /** Where there is no other, the field itself. */
  readonly widgets: readonly ReferencedDictionary[];
}

/** What a field has from the fields above it (ISO 32000-2, 12.7.4.1: /FT and /V are inheritable). */
interface InheritedAttributes {
  readonly type: PDFName | undefined;
  readonly signature: PDFDict | undefined;
}

/**
 * The signature fields of a form. A field's type may stand at a field above it, or only at its widget. A signature widget
 * on a page whose field is not in the form does not count: the form is where signing software looks (ISO 32000-2, 12.7.3).
 * @throws {PdfDamagedError} if fields contain themselves, or are nested or numbered beyond reason
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

/** A kid with a name or with kids of its own is a field; every other one is a widget of this field. */
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

/** A reference to nothing is null, which deleted fields leave behind; something unreadable is damage. */
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
