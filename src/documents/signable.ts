import type { PdfInspection } from './pdf-verdict.js';

/**
 * Why nobody could sign in this PDF, which matters where the method is not `qes` and the document must be signed;
 * `undefined` where somebody can. Completes "contract.pdf …".
 */
export function missingField({ fields, signedFields }: PdfInspection): string | undefined {
  if (fields > signedFields) return undefined;
  return fields === 0
    ? 'has no signature field, and flexperto cannot place one: add it in the PDF, or send the document with signatureFields "none"'
    : 'has no empty signature field: all of its signature fields are already signed';
}
