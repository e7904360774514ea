/** The documents and choices that an employee prepares, as plain data, and the reasons why they cannot be sent. */

const MAX_DOCUMENTS = 20;
const MAX_BYTES = 50_000_000;

/** A signing that is not sent yet. It has a `requestId` from the click on the button until a clear answer. */
export function newDraft(subject) {
  return { documents: [], method: 'aes', subject, deadlineDays: 30, requestId: null };
}

/** A new document. `state`: `inspecting`, `inspected` with its inspection, or `failed`. */
export function newDocument({ name, size }) {
  return {
    key: newId(),
    name,
    bytes: size,
    state: 'inspecting',
    inspection: null,
    failure: null,
    isEnclosed: false,
  };
}

/** Keeps the inspection of an uploaded document, and the name that the gateway gave it. */
export function setInspection(document, inspection) {
  const name = inspection.source.split('/').at(-1);
  Object.assign(document, { state: 'inspected', name, bytes: inspection.bytes, inspection });
}

/** Why the page does not upload this file, in a sentence; `null` where it does. */
export function validateFile({ name, size }) {
  if (!/\.pdf$/i.test(name)) return `${name} is not a PDF.`;
  if (size === 0) return `${name} is empty.`;
  return size > MAX_BYTES ? `${name} is larger than the 50 MB that all documents may have together.` : null;
}

/** Why a document cannot be sent as it is, and whether it could be enclosed; `null` where it can be sent. */
export function findObstacle({ name, state, inspection, failure, isEnclosed }, method) {
  if (state === 'inspecting') return null;
  if (state === 'failed') return { sentence: failure, canBeEnclosed: false };
  const { pages, signatureFields, problems } = inspection;
  const sentence = problems.join(' ');
  if (pages === null) return { sentence, canBeEnclosed: false };
  // The only other problem is a missing empty signature field, which not every document needs.
  if (isEnclosed || method === 'qes' || problems.length === 0) return null;
  const hasNoFields = signatureFields === 0;
  return {
    sentence: hasNoFields ? `${name} has no signature field, so it cannot be signed.` : sentence,
    canBeEnclosed: true,
  };
}

/** Warnings about a document that can be sent but may surprise the customer. */
export function listWarnings({ inspection, isEnclosed }) {
  return isEnclosed ? [] : (inspection?.warnings ?? []);
}

/** Why the draft cannot be sent, in one sentence; `null` where it can. */
export function findDraftProblem({ documents, method, subject }) {
  const names = documents.map(({ name }) => name);
  const duplicate = names.find((name, index) => names.indexOf(name) < index);
  const bytes = totalBytes(documents);
  const invalid = documents.find((document) => findObstacle(document, method) !== null);
  if (documents.length === 0) return 'Choose at least one PDF.';
  if (documents.length > MAX_DOCUMENTS) return `At most ${MAX_DOCUMENTS} documents can be sent together; these are ${documents.length}.`;
  if (bytes > MAX_BYTES) return 'The documents together are larger than 50 MB.';
  if (duplicate !== undefined) return `Two documents are called “${duplicate}”: remove one of them.`;
  if (invalid !== undefined) return `“${invalid.name}” cannot be sent: see above.`;
  if (documents.some(({ state }) => state === 'inspecting')) return 'The documents are still being checked.';
  if (method !== 'qes' && documents.every(({ isEnclosed }) => isEnclosed))
    return 'All documents are enclosed for information: at least one must need a signature.';
  return subject.trim() === '' ? 'Enter a subject.' : null;
} // prettier-ignore

export function totalBytes(documents) {
  return documents.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** The body for the CRM's server, which adds employee and customer. */
export function buildRequest({ requestId, subject, method, documents, deadlineDays }) {
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

/** A unique id. A page without TLS has no `crypto.randomUUID`. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const KEY = 'draft';

/** Keeps the draft over a reload of this tab, without unfinished uploads. */
export function saveDraft(draft) {
  const documents = draft.documents.filter(({ state }) => state === 'inspected');
  sessionStorage.setItem(KEY, JSON.stringify({ ...draft, documents }));
}

export function loadDraft() {
  const text = sessionStorage.getItem(KEY);
  return text === null ? null : JSON.parse(text);
}

export function deleteDraft() {
  sessionStorage.removeItem(KEY);
}
