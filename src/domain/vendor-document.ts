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

/** What a list says of one file: its entry, that it is not there, or that nobody can tell. */
export type Finding =
  | { readonly is: 'attached'; readonly entry: VendorDocument }
  | { readonly is: 'absent' }
  /** `likely`: the one entry that is left for the file, should a human say that it is attached. */
  | { readonly is: 'unclear'; readonly likely: VendorDocument | null };

/**
 * Whether the list shows that a file is attached. A name proves nothing, since the vendor may return it rewritten (quotes,
 * Unicode form, case, blanks, shortening). So every entry that no other document of the session accounts for could be the
 * file. An entry that names a file unknown here comes from a run that was started over; one that was deleted is over.
 */
export function findAttached(
  listed: readonly VendorDocument[],
  file: { readonly fileId: string; readonly name: string },
  others: readonly DocumentState[],
): Finding {
  const entry = entryOf(listed.filter(({ originalFileId }) => originalFileId === file.fileId));
  if (entry !== undefined) return { is: 'attached', entry };
  const { own, left } = share(others, listed);
  const possible = left.filter(({ originalFileId, status }) => originalFileId === null || status !== DELETED);
  if (possible.length === 0) return { is: 'absent' };
  const unseen = others.some((other, index) => isKnownByName(other) && own[index]?.length === 0);
  const likely = onlyOne(possible.filter(({ name }) => name === file.name)) ?? onlyOne(possible);
  return { is: 'unclear', likely: unseen ? null : likely };
}

/** What the vendor says now, laid over what was known. A document that is no longer listed keeps its last status. */
export function withNews<State extends DocumentState>(
  known: readonly State[],
  listed: readonly VendorDocument[],
): State[] {
  const { own, left } = share(known, listed);
  const rest = remainder(known, own, left);
  return known.map((document, index) => {
    const news = entryOf(own[index] ?? []) ?? (isUnseen(document, own[index]) ? rest : undefined);
    return news === undefined ? document : { ...document, ...observed(news, document) };
  });
}

/** The list, divided among the documents of the session. */
export interface Share {
  /** The entries of each document, in the order of the documents. */
  readonly own: readonly (readonly VendorDocument[])[];
  /** The entries that no document accounts for. */
  readonly left: readonly VendorDocument[];
}

/** Divides the list by file id and document id, and by the exact name where a document is known by nothing else. */
export function share(known: readonly DocumentState[], listed: readonly VendorDocument[]): Share {
  const byId = known.map((document) => listed.filter((entry) => isSame(entry, document)));
  const withoutId = listed.filter((entry) => !byId.flat().includes(entry));
  const own = known.map((document, index) => {
    const found = byId[index] ?? [];
    if (found.length > 0 || !isKnownByName(document)) return found;
    return withoutId.filter(({ name }) => name === document.name);
  });
  return { own, left: withoutId.filter((entry) => !own.flat().includes(entry)) };
}

export function isLive({ status }: VendorDocument): boolean {
  return status !== DELETED;
}

function isSame({ originalFileId, documentId }: VendorDocument, known: DocumentState): boolean {
  return (
    (originalFileId !== null && originalFileId === known.fileId) ||
    (documentId !== null && documentId === known.documentId)
  );
}

/** Attached by an empty answer or by a human's word, so that the list has not told its id yet. */
function isKnownByName({ status, documentId }: DocumentState): boolean {
  return status !== null && documentId === null;
}

function isUnseen(document: DocumentState, own: readonly VendorDocument[] | undefined): boolean {
  return document.documentId === null && own?.length === 0;
}

/** The entry that counts: one that is not deleted goes first; several that contradict each other say nothing. */
function entryOf(entries: readonly VendorDocument[]): VendorDocument | undefined {
  const live = entries.filter(isLive);
  const [first, ...more] = live.length > 0 ? live : entries;
  return more.every(({ status }) => status === first?.status) ? first : undefined;
}

/**
 * What holds for every document that no entry could be told to be: as many entries are left, and all say the same. Their
 * order proves nothing, so it is not used.
 */
function remainder(
  known: readonly DocumentState[],
  own: Share['own'],
  left: Share['left'],
): VendorDocument | undefined {
  const unseen = known.filter((document, index) => isUnseen(document, own[index]));
  if (unseen.some(({ status }) => status === null)) return undefined;
  const rest = left.length === unseen.length ? left : left.filter(isLive);
  const entry = rest.length === unseen.length ? entryOf(rest) : undefined;
  return entry === undefined || unseen.length === 1
    ? entry
    : { ...entry, documentId: null, failureReason: null };
}

function onlyOne<Item>(items: readonly Item[]): Item | null {
  return items.length === 1 ? (items[0] ?? null) : null;
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
