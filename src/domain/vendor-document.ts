import { DELETED } from './outcome.js';
import type { DocumentState } from './status.js';

/** A document as the vendor lists it. `status` is unchanged, `originalFileId` is the uploaded file. */
export interface VendorDocument {
  readonly documentId: number | null;
  readonly name: string | null;
  readonly status: string | null;
  readonly originalFileId: string | null;
  readonly failureReason: string | null;
}

/** What a list shows of a file: its entry, that it is absent, or that entries could be it. */
export type AttachmentFinding =
  | { readonly kind: 'attached'; readonly entry: VendorDocument }
  | { readonly kind: 'absent' }
  /** `likelyEntry`: the only entry left for the file, in case a person confirms that it is attached. */
  | { readonly kind: 'ambiguous'; readonly likelyEntry: VendorDocument | null };

/**
 * Whether the list shows that a file is attached. A name proves nothing, since the vendor may rewrite it (quotes, Unicode
 * form, case, blanks, length). So every entry that belongs to no other document of the signing could be the file. An entry
 * with an unknown file id comes from a run before a reset; a deleted entry does not count.
 */
export function findAttached(
  listed: readonly VendorDocument[],
  file: { readonly fileId: string; readonly name: string },
  others: readonly DocumentState[],
): AttachmentFinding {
  const entry = pickEntry(listed.filter(({ originalFileId }) => originalFileId === file.fileId));
  if (entry !== undefined) return { kind: 'attached', entry };
  const { entriesByDocument, unassigned } = assignEntries(others, listed);
  const possible = unassigned.filter(
    ({ originalFileId, status }) => originalFileId === null || status !== DELETED,
  );
  if (possible.length === 0) return { kind: 'absent' };
  const isAnyUnlisted = others.some(
    (other, index) => isIdentifiedByNameOnly(other) && entriesByDocument[index]?.length === 0,
  );
  const likelyEntry = getSingle(possible.filter(({ name }) => name === file.name)) ?? getSingle(possible);
  return { kind: 'ambiguous', likelyEntry: isAnyUnlisted ? null : likelyEntry };
}

/** The known documents, updated from the vendor's list. A document that is no longer listed keeps its last status. */
export function mergeDocuments<State extends DocumentState>(
  known: readonly State[],
  listed: readonly VendorDocument[],
): State[] {
  const { entriesByDocument, unassigned } = assignEntries(known, listed);
  const commonEntry = inferCommonEntry(known, entriesByDocument, unassigned);
  return known.map((document, index) => {
    const entry =
      pickEntry(entriesByDocument[index] ?? []) ??
      (isUnassigned(document, entriesByDocument[index]) ? commonEntry : undefined);
    return entry === undefined ? document : { ...document, ...pickVendorFields(entry, document) };
  });
}

/** The list's entries, assigned to the documents of the signing. */
export interface EntryAssignment {
  /** The entries of each document, in the order of the documents. */
  readonly entriesByDocument: readonly (readonly VendorDocument[])[];
  /** The entries that belong to no document. */
  readonly unassigned: readonly VendorDocument[];
}

/** Assigns entries by file id and document id, and by the exact name where a document has neither. */
export function assignEntries(
  known: readonly DocumentState[],
  listed: readonly VendorDocument[],
): EntryAssignment {
  const byId = known.map((document) => listed.filter((entry) => hasSameId(entry, document)));
  const withoutId = listed.filter((entry) => !byId.flat().includes(entry));
  const entriesByDocument = known.map((document, index) => {
    const found = byId[index] ?? [];
    if (found.length > 0 || !isIdentifiedByNameOnly(document)) return found;
    return withoutId.filter(({ name }) => name === document.name);
  });
  return {
    entriesByDocument,
    unassigned: withoutId.filter((entry) => !entriesByDocument.flat().includes(entry)),
  };
}

export function isNotDeleted({ status }: VendorDocument): boolean {
  return status !== DELETED;
}

function hasSameId({ originalFileId, documentId }: VendorDocument, known: DocumentState): boolean {
  return (
    (originalFileId !== null && originalFileId === known.fileId) ||
    (documentId !== null && documentId === known.documentId)
  );
}

/** Attached according to an empty response or a person, so its id is not known yet. */
function isIdentifiedByNameOnly({ status, documentId }: DocumentState): boolean {
  return status !== null && documentId === null;
}

function isUnassigned(document: DocumentState, entries: readonly VendorDocument[] | undefined): boolean {
  return document.documentId === null && entries?.length === 0;
}

/** The entry that counts: one that is not deleted comes first. Entries with different statuses prove nothing. */
function pickEntry(entries: readonly VendorDocument[]): VendorDocument | undefined {
  const notDeleted = entries.filter(isNotDeleted);
  const [first, ...others] = notDeleted.length > 0 ? notDeleted : entries;
  return others.every(({ status }) => status === first?.status) ? first : undefined;
}

/**
 * What holds for every document without an entry, where as many entries are left and all have the same status. Their order
 * proves nothing, so it is ignored.
 */
function inferCommonEntry(
  known: readonly DocumentState[],
  entriesByDocument: EntryAssignment['entriesByDocument'],
  unassigned: EntryAssignment['unassigned'],
): VendorDocument | undefined {
  const unassignedDocuments = known.filter((document, index) =>
    isUnassigned(document, entriesByDocument[index]),
  );
  if (unassignedDocuments.some(({ status }) => status === null)) return undefined;
  const candidates =
    unassigned.length === unassignedDocuments.length ? unassigned : unassigned.filter(isNotDeleted);
  const entry = candidates.length === unassignedDocuments.length ? pickEntry(candidates) : undefined;
  return entry === undefined || unassignedDocuments.length === 1
    ? entry
    : { ...entry, documentId: null, failureReason: null };
}

function getSingle<Item>(items: readonly Item[]): Item | null {
  return items.length === 1 ? (items[0] ?? null) : null;
}

/** The part of a document's state that the vendor decides. */
export function pickVendorFields(
  entry: VendorDocument,
  known: DocumentState,
): Pick<DocumentState, 'documentId' | 'status' | 'failureReason'> {
  return {
    documentId: entry.documentId ?? known.documentId,
    status: entry.status ?? known.status,
    failureReason: entry.failureReason,
  };
}

/** Whether two polls of the same documents differ in a value that is shown or that decides something. */
export function hasChanged(before: readonly DocumentState[], after: readonly DocumentState[]): boolean {
  return after.some((document, index) => {
    const known = before[index];
    return (
      known?.status !== document.status ||
      known.documentId !== document.documentId ||
      known.failureReason !== document.failureReason
    );
  });
}
