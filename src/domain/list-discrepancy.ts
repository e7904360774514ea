import { determineOutcome } from './outcome.js';
import type { DocumentState } from './status.js';
import { type VendorDocument, assignEntries, isNotDeleted, mergeDocuments } from './vendor-document.js';

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
