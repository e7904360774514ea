import { outcomeOf } from './outcome.js';
import type { DocumentState } from './status.js';
import { isLive, share, withNews, type VendorDocument } from './vendor-document.js';

/**
 * What only a human can tell about a list of documents, as the reason why the session asks; `undefined` where the list
 * leaves nothing open. `isSettled`: every attached document has been seen in a list, or a human knows that one was not.
 */
export function listQuestion(
  known: readonly DocumentState[],
  listed: readonly VendorDocument[],
  isSettled: boolean,
): string | undefined {
  return (
    surplusQuestion(known, listed) ??
    outcomeQuestion(known, listed) ??
    (isSettled ? undefined : unlistedQuestion(known, listed))
  );
}

/** Entries beyond one for each document: an attach that took effect twice, or somebody else's document. */
export function surplusQuestion(
  known: readonly DocumentState[],
  listed: readonly VendorDocument[],
): string | undefined {
  const surplus = surplusOf(known, listed);
  if (surplus.length === 0) return undefined;
  const entries = surplus.map(({ documentId, name }) => `${documentId ?? '?'} (${name ?? 'without a name'})`);
  return (
    `flexperto lists more documents than this signing has: ${entries.join(', ')}. ` +
    'A document may be attached twice: delete what is too much in the flexperto Dashboard, then retry.'
  );
}

/** The documents that were attached and that the list does not show. */
export function unlisted(
  known: readonly DocumentState[],
  listed: readonly VendorDocument[],
): DocumentState[] {
  const { own, left } = share(known, listed);
  const missing = known.filter(({ status }, index) => status !== null && own[index]?.length === 0);
  return missing.length > left.length ? missing : [];
}

function unlistedQuestion(
  known: readonly DocumentState[],
  listed: readonly VendorDocument[],
): string | undefined {
  const missing = unlisted(known, listed);
  if (missing.length === 0) return undefined;
  return (
    `flexperto has accepted ${missing.map(({ name }) => name).join(', ')}, and its list of documents does not show it. ` +
    'Look into the flexperto Dashboard: if it is there, retry; if it is not, abort and start a new signing.'
  );
}

/** Every entry has come to its end, and nobody can tell which entry is which document. */
function outcomeQuestion(
  known: readonly DocumentState[],
  listed: readonly VendorDocument[],
): string | undefined {
  const isOver = listed.length >= known.length && outcomeOf(listed) !== undefined;
  if (!isOver || outcomeOf(withNews(known, listed)) !== undefined) return undefined;
  return (
    'All documents have come to their end at flexperto, and its list does not tell which is which. ' +
    'Look into the flexperto Dashboard and record the outcome.'
  );
}

function surplusOf(known: readonly DocumentState[], listed: readonly VendorDocument[]): VendorDocument[] {
  const { own, left } = share(known, listed);
  const twins = own.flatMap((entries) => entries.filter(isLive).slice(1));
  const unseen = own.filter((entries) => entries.length === 0).length;
  const strays = left.filter(isLive);
  return strays.length > unseen ? [...twins, ...strays] : twins;
}
