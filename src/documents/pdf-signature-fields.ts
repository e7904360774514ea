import { type PDFDict, PDFInvalidObject, type PDFObject } from '@cantoo/pdf-lib';
import { asDictionary, elementsOf, nameOf, type PdfObjects, resolved, valueOf } from './pdf-objects.js';
import { PdfDamaged } from './pdf-problems.js';

/** Real forms nest names three or four levels deep. */
const MAX_DEPTH = 100;
const MAX_FIELDS = 100_000;

export interface SignatureFields {
  readonly fields: number;
  readonly signedFields: number;
}

/** What a field has from the fields above it (ISO 32000-2, 12.7.4.1: /FT and /V are inheritable). */
interface Inherited {
  readonly type: string | undefined;
  readonly signed: boolean;
}

/**
 * Counts the signature fields of a form. A field counts once, whatever the number of its widgets and of the places that
 * name it; its type may stand at a field above it, or only at its widget. A signature widget on a page whose field is
 * not in the form does not count: the form is where signing software looks (ISO 32000-2, 12.7.3).
 * @throws {PdfDamaged} if fields contain themselves, or are nested or numbered beyond reason
 */
export function countSignatureFields(objects: PdfObjects, form: PDFDict): SignatureFields {
  const seen = new Set<PDFDict>();
  const above = new Set<PDFDict>();
  let fields = 0;
  let signedFields = 0;

  const visit = (node: PDFDict, inherited: Inherited): void => {
    if (above.has(node)) throw new PdfDamaged('a field of its form contains itself');
    if (seen.has(node)) return;
    if (above.size === MAX_DEPTH) throw new PdfDamaged('the fields of its form are nested too deep');
    if (seen.size === MAX_FIELDS) throw new PdfDamaged('its form has too many fields');
    seen.add(node);
    const own = ownOf(objects, node, inherited);
    const { below, widgets } = kidsOf(objects, node);
    above.add(node);
    for (const field of below) visit(field, own);
    above.delete(node);
    if (below.length > 0 || typeOf(objects, own, widgets) !== 'Sig') return;
    fields += 1;
    if (own.signed) signedFields += 1;
  };

  for (const field of dictionaries(objects, elementsOf(objects, form, 'Fields'))) {
    visit(field, { type: undefined, signed: false });
  }
  return { fields, signedFields };
}

const ownOf = (objects: PdfObjects, node: PDFDict, inherited: Inherited): Inherited => ({
  type: nameOf(objects, node, 'FT') ?? inherited.type,
  signed: asDictionary(valueOf(objects, node, 'V')) !== undefined || inherited.signed,
});

/** A kid with a name or with kids of its own is a field; every other one is a widget of this field. */
function kidsOf(objects: PdfObjects, node: PDFDict): Record<'below' | 'widgets', readonly PDFDict[]> {
  const kids = dictionaries(objects, elementsOf(objects, node, 'Kids'));
  const isField = (kid: PDFDict): boolean =>
    valueOf(objects, kid, 'T') !== undefined || valueOf(objects, kid, 'Kids') !== undefined;
  return { below: kids.filter(isField), widgets: kids.filter((kid) => !isField(kid)) };
}

const typeOf = (objects: PdfObjects, own: Inherited, widgets: readonly PDFDict[]): string | undefined =>
  own.type ?? widgets.map((widget) => nameOf(objects, widget, 'FT')).find((type) => type !== undefined);

/** A reference to nothing is null, which deleted fields leave behind; something unreadable is damage. */
function dictionaries(objects: PdfObjects, elements: readonly PDFObject[]): readonly PDFDict[] {
  return elements.flatMap((element) => {
    const object = resolved(objects, element);
    if (object instanceof PDFInvalidObject) throw new PdfDamaged('a field of its form is unreadable');
    return asDictionary(object) ?? [];
  });
}
