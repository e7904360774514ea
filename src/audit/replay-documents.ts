import type { CheckedDocument, SigningRequest } from '../domain/request.js';
import type { DocumentState } from '../domain/status.js';
import { type VendorDocument, pickVendorFields } from '../domain/vendor-document.js';
import type { AuditChange, AuditDocument } from './signing-audit.js';

type Documents = readonly AuditDocument[];

/** The documents of a request, before anything else is known. */
export function toAuditDocuments({ documents }: SigningRequest): AuditDocument[] {
  return documents.map(({ name, source, signatureFields }) => ({
    name, source, signatureFields,
    bytes: null, sha256: null, pages: null, fields: null,
    fileId: null, documentId: null, status: null, failureReason: null,
  })); // prettier-ignore
}

export function withCheckResults(documents: Documents, checked: readonly CheckedDocument[]): Documents {
  return documents.map((document, index) => {
    const result = checked[index];
    if (result === undefined) return document;
    const { bytes, sha256, pages, fields } = result;
    return { ...document, bytes, sha256, pages, fields };
  });
}

/** With what a continued run takes over from the run before. */
export function withCarriedOver(documents: Documents, carried: readonly DocumentState[]): Documents {
  return documents.map((document, index) => ({ ...document, ...carried[index] }));
}

export function withUploaded(documents: Documents, name: string | null, fileId: string): Documents {
  return documents.map((document) => (document.name === name ? { ...document, fileId } : document));
}

/** Attached. `answer` is null if the vendor's response lacked it or an operator confirmed the call. */
export function withAttached(
  documents: Documents,
  name: string | null,
  answer: VendorDocument | null,
): Documents {
  return documents.map((document) => {
    if (document.name !== name) return document;
    const fields = answer === null ? {} : pickVendorFields(answer, document);
    return { ...document, ...fields, status: answer?.status ?? 'ATTACHED' };
  });
}

export function withFailureReason(documents: Documents, failureReason: string): Documents {
  return documents.map((document) => ({ ...document, failureReason }));
}

/** The fields of each document that differ from before. */
export function diffDocuments(before: Documents, after: Documents): AuditChange[] {
  return after.flatMap((document, index) => {
    const previous: Partial<Record<string, unknown>> = { ...before[index] };
    const changed = Object.entries(document).filter(([key, value]) => value !== previous[key]);
    if (changed.length === 0) return [];
    return { kind: 'document' as const, document: document.name, change: Object.fromEntries(changed) };
  });
}
