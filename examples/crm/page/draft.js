/** What is being put together to be sent, as plain data, and what keeps it from being sent. Knows nothing of the page. */

const MOST_DOCUMENTS = 20;
const MOST_BYTES = 50_000_000;

/** A signing that has not been sent. `requestId` is there from the first press of the button to a clear answer. */
export function newDraft(subject) {
  return { documents: [], method: 'aes', subject, deadlineDays: 30, requestId: null };
}

/** A document just chosen. `state`: `looking`, `seen` with its inspection, or `failed`. */
export function newDocument({ name, size }) {
  return {
    key: newId(),
    name,
    bytes: size,
    state: 'looking',
    inspection: null,
    failure: null,
    isEnclosed: false,
  };
}

/** What was found in a document that has been uploaded; it is called as the gateway has named it. */
export function seen(document, inspection) {
  const name = inspection.source.split('/').at(-1);
  Object.assign(document, { state: 'seen', name, bytes: inspection.bytes, inspection });
}

/** Why this file is not even uploaded, in a sentence; `null` where it is. */
export function refusalOf({ name, size }) {
  if (!/\.pdf$/i.test(name)) return `${name} is no PDF.`;
  if (size === 0) return `${name} is empty.`;
  return size > MOST_BYTES ? `${name} is larger than the 50 MB that all documents may have together.` : null;
}

/** What keeps a document from being sent as it is, and whether it could be sent enclosed; `null` where nothing does. */
export function obstacleOf({ name, state, inspection, failure, isEnclosed }, method) {
  if (state === 'looking') return null;
  if (state === 'failed') return { sentence: failure, canBeEnclosed: false };
  const { pages, signatureFields, problems } = inspection;
  const sentence = problems.join(' ');
  if (pages === null) return { sentence, canBeEnclosed: false };
  // One that can be read lacks nothing but an empty signature field, which not every document needs.
  if (isEnclosed || method === 'qes' || problems.length === 0) return null;
  const isWithout = signatureFields === 0;
  return {
    sentence: isWithout ? `${name} has no signature field, so it cannot be signed.` : sentence,
    canBeEnclosed: true,
  };
}

/** Why the draft cannot be sent, in one sentence; `null` where it can. */
export function whyNot({ documents, method, subject }) {
  const names = documents.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  const bytes = totalBytes(documents);
  const bad = documents.find((document) => obstacleOf(document, method) !== null);
  if (documents.length === 0) return 'Choose at least one PDF.';
  if (documents.length > MOST_DOCUMENTS) return `At most ${MOST_DOCUMENTS} documents can be sent together; these are ${documents.length}.`;
  if (bytes > MOST_BYTES) return 'The documents have more than 50 MB together.';
  if (twice !== undefined) return `Two documents are called “${twice}”: remove one of them.`;
  if (bad !== undefined) return `“${bad.name}” cannot be sent like this, see above.`;
  if (documents.some(({ state }) => state === 'looking')) return 'The documents are still being looked at.';
  if (method !== 'qes' && documents.every(({ isEnclosed }) => isEnclosed))
    return 'All documents are enclosed for information only: at least one must be there to sign.';
  return subject.trim() === '' ? 'Give it a subject.' : null;
} // prettier-ignore

export function totalBytes(documents) {
  return documents.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** What is sent to the CRM's server, which knows employee and customer. */
export function requestOf({ requestId, subject, method, documents, deadlineDays }) {
  return {
    requestId,
    name: subject.trim(),
    method,
    deadlineDays,
    documents: documents.map(({ name, inspection, isEnclosed }) => ({
      source: inspection.source,
      sha256: inspection.sha256,
      name,
      signatureFields: isEnclosed ? 'none' : 'required',
    })),
  };
}

/** An id that nobody else has made. `crypto.randomUUID` is not there on a page without TLS. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const KEY = 'draft';

/** Keeps the draft over a reload of this tab; uploads that were under way are not part of it. */
export function keepDraft(draft) {
  const documents = draft.documents.filter(({ state }) => state === 'seen');
  sessionStorage.setItem(KEY, JSON.stringify({ ...draft, documents }));
}

export function keptDraft() {
  const text = sessionStorage.getItem(KEY);
  return text === null ? null : JSON.parse(text);
}

export function dropDraft() {
  sessionStorage.removeItem(KEY);
}
