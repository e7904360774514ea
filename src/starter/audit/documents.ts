import type { CheckedDocument, SigningRequest } from '../../domain/request.js';
import type { DocumentState } from '../../domain/status.js';
import { observed, type VendorDocument } from '../../domain/vendor-document.js';
import type { AuditChange, AuditDocument } from './record.js';

type Documents = readonly AuditDocument[];

/** What the request says of its documents, before anything else is known. */
export function requestedDocuments({ documents }: SigningRequest): AuditDocument[] {
  return documents.map(({ name, source, signatureFields }) => ({
    name, source, signatureFields,
    bytes: null, sha256: null, pages: null, fields: null,
    fileId: null, documentId: null, status: null, failureReason: null,
  })); // prettier-ignore
}

/** What the check has found. */
export function withFacts(documents: Documents, checked: readonly CheckedDocument[]): Documents {
  return documents.map((document, index) => {
    const found = checked[index];
    if (found === undefined) return document;
    const { bytes, sha256, pages, fields } = found;
    return { ...document, bytes, sha256, pages, fields };
  });
}

/** What a run takes over from the one before. */
export function withCarried(documents: Documents, carried: readonly DocumentState[]): Documents {
  return documents.map((document, index) => ({ ...document, ...carried[index] }));
}

export function withUploaded(documents: Documents, name: string | null, fileId: string): Documents {
  return documents.map((document) => (document.name === name ? { ...document, fileId } : document));
}

/** Attached, by the vendor's answer or, where it is null, by its silence or a human's word. */
export function withAttached(
  documents: Documents,
  name: string | null,
  answer: VendorDocument | null,
): Documents {
  return documents.map((document) => {
    if (document.name !== name) return document;
    const news = answer === null ? {} : observed(answer, document);
    return { ...document, ...news, status: answer?.status ?? 'ATTACHED' };
  });
}

export function withReason(documents: Documents, failureReason: string): Documents {
  return documents.map((document) => ({ ...document, failureReason }));
}

/** What is another in each document than before. */
export function changes(before: Documents, after: Documents): AuditChange[] {
  return after.flatMap((document, index) => {
    const known: Partial<Record<string, unknown>> = { ...before[index] };
    const news = Object.entries(document).filter(([key, value]) => value !== known[key]);
    if (news.length === 0) return [];
    return { kind: 'document' as const, document: document.name, change: Object.fromEntries(news) };
  });
}
