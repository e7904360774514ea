import { DELETED } from './outcome.js';
import type { DocumentState } from './status.js';

/** A document as the vendor lists it. `status` is its word as it came, `originalFileId` the uploaded file. */
export interface VendorDocument {
  readonly documentId: number | null;
  readonly name: string | null;
  readonly status: string | null;
  readonly originalFileId: string | null;
  readonly failureReason: string | null;
}

/**
 * Whether the list shows that a file is attached. `unclear`: an entry of this name could be it. It names no file, or
 * another one, which a run that was started over has uploaded before and nobody has deleted since.
 */
export function findAttached(
  listed: readonly VendorDocument[],
  file: { readonly fileId: string; readonly name: string },
): VendorDocument | 'absent' | 'unclear' {
  const attached = listed.find((document) => document.originalFileId === file.fileId);
  if (attached !== undefined) return attached;
  const possible = listed.some(({ originalFileId, name, status }) =>
    originalFileId === null ? name === null || name === file.name : name === file.name && status !== DELETED,
  );
  return possible ? 'unclear' : 'absent';
}

/**
 * What the vendor says now, laid over what was known. A document that is no longer listed keeps its last status. One of
 * which nothing but its name is known, since it was a human who said that it is attached, is found by its name.
 */
export function withNews<State extends DocumentState>(
  known: readonly State[],
  listed: readonly VendorDocument[],
): State[] {
  return known.map((document) => {
    const news = listed.find((entry) => isSame(entry, document)) ?? namesake(listed, document);
    return news === undefined ? document : { ...document, ...observed(news, document) };
  });
}

function isSame({ originalFileId, documentId }: VendorDocument, known: DocumentState): boolean {
  return (
    (originalFileId !== null && originalFileId === known.fileId) ||
    (documentId !== null && documentId === known.documentId)
  );
}

function namesake(listed: readonly VendorDocument[], known: DocumentState): VendorDocument | undefined {
  if (known.status === null || known.documentId !== null) return undefined;
  const namesakes = listed.filter(({ name }) => name === known.name);
  return namesakes.find(({ status }) => status !== DELETED) ?? namesakes[0];
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
