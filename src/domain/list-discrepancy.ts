import { determineOutcome } from './outcome.js';
import type { DocumentState } from './status.js';
import {
  type VendorDocument,
  assignEntries,
  hasChanged,
  isNotDeleted,
  mergeDocuments,
} from './vendor-document.js';

/**
 * What only a person can find out about a list of documents, as the reason of the attention; `undefined` where the list
 * leaves nothing open. `areAllListed`: lists have shown every attached document, or a person knows that one was missing.
 */
export function findDiscrepancy(
  known: readonly DocumentState[],
  listed: readonly VendorDocument[],
  areAllListed: boolean,
): string | undefined {
  return (
    describeSurplus(known, listed) ??
    describeUndecidableOutcome(known, listed) ??
    (areAllListed ? undefined : describeUnlisted(known, listed))
  );
}

/** Entries beyond one per document: an attach took effect twice, or the document belongs to somebody else. */
export function describeSurplus(
  known: readonly DocumentState[],
  listed: readonly VendorDocument[],
): string | undefined {
  const surplus = findSurplus(known, listed);
  if (surplus.length === 0) return undefined;
  const entries = surplus.map(({ documentId, name }) => `${documentId ?? '?'} (${name ?? 'without a name'})`);
  return (
    `flexperto lists more documents than this signing has: ${entries.join(', ')}. ` +
    'A document may be attached twice: delete the surplus in the flexperto Dashboard, then retry.'
  );
}

/** The attached documents that the list does not show. */
export function findUnlisted(
  known: readonly DocumentState[],
  listed: readonly VendorDocument[],
): DocumentState[] {
  const { entriesByDocument, unassigned } = assignEntries(known, listed);
  const missing = known.filter(
    ({ status }, index) => status !== null && entriesByDocument[index]?.length === 0,
  );
  return missing.length > unassigned.length ? missing : [];
}

function describeUnlisted(
  known: readonly DocumentState[],
  listed: readonly VendorDocument[],
): string | undefined {
  const missing = findUnlisted(known, listed);
  if (missing.length === 0) return undefined;
  return (
    `flexperto has accepted ${missing.map(({ name }) => name).join(', ')}, and its list of documents does not show it. ` +
    'Check the flexperto Dashboard: if it is there, retry; if it is not, abort and start a new signing.'
  );
}

/** All entries have a final status, and the list does not tell which entry is which document. */
function describeUndecidableOutcome(
  known: readonly DocumentState[],
  listed: readonly VendorDocument[],
): string | undefined {
  const isOver = listed.length >= known.length && determineOutcome(listed) !== undefined;
  if (!isOver || determineOutcome(mergeDocuments(known, listed)) !== undefined) return undefined;
  return (
    'All documents have a final status at flexperto, and its list does not tell which is which. ' +
    'Check the flexperto Dashboard and record the outcome.'
  );
}

function findSurplus(known: readonly DocumentState[], listed: readonly VendorDocument[]): VendorDocument[] {
  const { entriesByDocument, unassigned } = assignEntries(known, listed);
  const duplicates = entriesByDocument.flatMap((entries) => entries.filter(isNotDeleted).slice(1));
  const unlistedCount = entriesByDocument.filter((entries) => entries.length === 0).length;
  const strays = unassigned.filter(isNotDeleted);
  return strays.length > unlistedCount ? [...duplicates, ...strays] : duplicates;
}

/** What a signing knows before a poll. */
export interface KnownList {
  /** The documents as the status shows them. */
  readonly knownDocuments: readonly DocumentState[];
  /** The discrepancy that needs a decision since an earlier poll. */
  readonly reportedDiscrepancy?: string | undefined;
  /** Whether lists have shown every attached document; true by default. */
  readonly allListed?: boolean;
  /** Whether the list call has worked for this signing before. */
  readonly listWorks: boolean;
  /** Whether every list counts: while the tenant seems to lack the list call, and while a decision is needed. */
  readonly toleratesFailures: boolean;
}

/** Whether a list says more than is known: it changes a document, or differs from the documents in another way than before. */
export function endsPolling(known: KnownList, listed: readonly VendorDocument[]): boolean {
  const { knownDocuments, reportedDiscrepancy, allListed = true, listWorks, toleratesFailures } = known;
  if (toleratesFailures || !listWorks) return true;
  const merged = mergeDocuments(knownDocuments, listed);
  return (
    hasChanged(knownDocuments, merged) || findDiscrepancy(merged, listed, allListed) !== reportedDiscrepancy
  );
}
