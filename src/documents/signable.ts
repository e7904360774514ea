import type { Method } from '../domain/request.js';
import type { PdfFacts } from './pdf-verdict.js';

const ADD_ONE =
  'and flexperto cannot place one: add it in the PDF, or send the document with signatureFields "none"';

/**
 * Why this PDF cannot be signed with a method, where it must be; `undefined` where it can. Completes "contract.pdf …".
 * With `qes` no field is needed, since the vendor signs the whole document.
 */
export function signingObstacle(facts: PdfFacts, method: Method): string | undefined {
  if (facts.isLocked) {
    return (
      'is certified against every change (DocMDP level 1), so that a further signature would break the first: ' +
      'use the PDF as it was before, or send the document with signatureFields "none"'
    );
  }
  return method === 'qes' ? undefined : missingField(facts);
}

function missingField({ fields, signedFields, unplacedFields }: PdfFacts): string | undefined {
  if (fields > signedFields + unplacedFields) return undefined;
  if (fields === 0) return `has no signature field, ${ADD_ONE}`;
  return unplacedFields > 0
    ? `has no empty signature field on any of its pages, ${ADD_ONE}`
    : 'has no empty signature field: all of its signature fields are already signed';
}
