import type { DocumentState } from './status.js';

/** A document as the vendor lists it. `status` is its word as it came, `originalFileId` the uploaded file. */
export interface VendorDocument {
  readonly documentId: number | null;
  readonly name: string | null;
  readonly status: string | null;
  readonly originalFileId: string | null;
  readonly failureReason: string | null;
}

/** Whether the list shows that a file is attached. `unclear`: an entry that could be this document names no file. */
export function findAttached(
  listed: readonly VendorDocument[],
  file: { readonly fileId: string; readonly name: string },
): VendorDocument | 'absent' | 'unclear' {
  const attached = listed.find((document) => document.originalFileId === file.fileId);
  if (attached !== undefined) return attached;
  const anonymous = listed.some(
    ({ originalFileId, name }) => originalFileId === null && (name === null || name === file.name),
  );
  return anonymous ? 'unclear' : 'absent';
}

/** What the vendor says now, laid over what was known. A document that is no longer listed keeps its last status. */
export function withNews<State extends DocumentState>(
  known: readonly State[],
  listed: readonly VendorDocument[],
): State[] {
  return known.map((document) => {
    const news = listed.find(
      ({ originalFileId, documentId }) =>
        (originalFileId !== null && originalFileId === document.fileId) ||
        (documentId !== null && documentId === document.documentId),
    );
    return news === undefined ? document : { ...document, ...observed(news, document) };
  });
}

/** The part of a document's state that the vendor decides. */
export function observed(
  news: VendorDocument,
  known: DocumentState,
): Pick<DocumentState, 'documentId' | 'status' | 'failureReason'> {
  return {
    documentId: news.documentId ?? known.documentId,
    status: news.status ?? known.status,
    failureReason: news.failureReason,
  };
}

/** Whether two looks at the same documents differ in anything that is shown or decided upon. */
export function differ(before: readonly DocumentState[], after: readonly DocumentState[]): boolean {
  return after.some((document, index) => {
    const known = before[index];
    return (
      known?.status !== document.status ||
      known.documentId !== document.documentId ||
      known.failureReason !== document.failureReason
    );
  });
}
