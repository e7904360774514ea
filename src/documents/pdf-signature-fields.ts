import { type PDFDict, PDFInvalidObject, PDFName, type PDFObject } from '@cantoo/pdf-lib';
import { asDictionary, elementsOf, nameOf, type PdfObjects, resolved, valueOf } from './pdf-objects.js';
import { PdfDamaged } from './pdf-problems.js';
import { signatureReader } from './pdf-signatures.js';
import type { Mentioned } from './pdf-widgets.js';

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
  readonly widgets: readonly Mentioned[];
}

/** What a field has from the fields above it (ISO 32000-2, 12.7.4.1: /FT and /V are inheritable). */
interface Inherited {
  readonly type: PDFName | undefined;
  readonly signature: PDFDict | undefined;
}

/**
 * The signature fields of a form. A field's type may stand at a field above it, or only at its widget. A signature widget
 * on a page whose field is not in the form does not count: the form is where signing software looks (ISO 32000-2, 12.7.3).
 * @throws {PdfDamaged} if fields contain themselves, or are nested or numbered beyond reason
 */
export function signatureFields(objects: PdfObjects, form: PDFDict): readonly SignatureField[] {
  const seen = new Set<PDFDict>();
  const above = new Set<PDFDict>();
  const found: SignatureField[] = [];
  const signatureIn = signatureReader(objects);

  const visit = (mentioned: Mentioned, inherited: Inherited): void => {
    const node = mentioned.dictionary;
    if (above.has(node)) throw new PdfDamaged('a field of its form contains itself');
    if (seen.has(node)) return;
    if (above.size === MAX_DEPTH) throw new PdfDamaged('the fields of its form are nested too deep');
    if (seen.size === MAX_FIELDS) throw new PdfDamaged('its form has too many fields');
    seen.add(node);
    const own = {
      type: nameOf(objects, node, 'FT') ?? inherited.type,
      signature: signatureIn(valueOf(objects, node, 'V')) ?? inherited.signature,
    };
    const { below, widgets } = kidsOf(objects, node);
    above.add(node);
    for (const field of below) visit(field, own);
    above.delete(node);
    if (below.length > 0 || typeOf(objects, own, widgets) !== SIGNATURE) return;
    const title = valueOf(objects, node, 'T');
    found.push({ title, signature: own.signature, widgets: widgets.length > 0 ? widgets : [mentioned] });
  };

  for (const field of dictionaries(objects, elementsOf(objects, form, 'Fields'))) {
    visit(field, { type: undefined, signature: undefined });
  }
  return found;
}

/** A kid with a name or with kids of its own is a field; every other one is a widget of this field. */
function kidsOf(objects: PdfObjects, node: PDFDict): Record<'below' | 'widgets', readonly Mentioned[]> {
  const kids = dictionaries(objects, elementsOf(objects, node, 'Kids'));
  const isField = ({ dictionary }: Mentioned): boolean =>
    valueOf(objects, dictionary, 'T') !== undefined || valueOf(objects, dictionary, 'Kids') !== undefined;
  return { below: kids.filter(isField), widgets: kids.filter((kid) => !isField(kid)) };
}

const typeOf = (objects: PdfObjects, own: Inherited, widgets: readonly Mentioned[]): PDFName | undefined =>
  own.type ??
  widgets.map(({ dictionary }) => nameOf(objects, dictionary, 'FT')).find((type) => type !== undefined);

/** A reference to nothing is null, which deleted fields leave behind; something unreadable is damage. */
function dictionaries(objects: PdfObjects, elements: readonly PDFObject[]): readonly Mentioned[] {
  return elements.flatMap((mention) => {
    const object = resolved(objects, mention);
    if (object instanceof PDFInvalidObject) throw new PdfDamaged('a field of its form is unreadable');
    const dictionary = asDictionary(object);
    return dictionary === undefined ? [] : { dictionary, mention };
  });
}
