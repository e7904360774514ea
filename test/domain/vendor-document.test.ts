import type { DocumentState } from '../../src/domain/status.js';
import {
  type VendorDocument,
  findAttached,
  hasChanged,
  mergeDocuments,
} from '../../src/domain/vendor-document.js';

const known: DocumentState = {
  name: 'contract.pdf',
  bytes: 1024,
  sha256: 'ab'.repeat(32),
  signatureFields: 'required',
  fileId: 'file-1',
  documentId: 1362,
  status: 'ATTACHED',
  failureReason: null,
};
const listed: VendorDocument = {
  documentId: 1362,
  name: 'contract.pdf',
  status: 'UPLOADED',
  originalFileId: 'file-1',
  failureReason: null,
};
const file = { fileId: 'file-1', name: 'contract.pdf' };

const other: DocumentState = {
  ...known,
  name: 'terms.pdf',
  fileId: 'file-2',
  documentId: null,
  status: null,
};
const attachedOther: DocumentState = { ...other, status: 'ATTACHED' };

test('a file is attached when the list has its id, also under another name; an entry that is not deleted comes first', () => {
  const renamed = { ...listed, name: 'contract (1).pdf' };
  const deleted = { ...listed, documentId: 1361, status: 'DELETED' };
  const theirs = { ...listed, originalFileId: 'file-2' };
  expect(findAttached([theirs, deleted, renamed], file, [other])).toEqual({
    kind: 'attached',
    entry: renamed,
  });
});

test('a file is absent where every entry is known to be another document', () => {
  const theirs = { ...listed, documentId: 7, name: 'terms.pdf' };
  const nameless = { ...theirs, originalFileId: null };
  const absent = { kind: 'absent' };
  expect(findAttached([], file, [])).toEqual(absent);
  expect(findAttached([{ ...theirs, originalFileId: 'file-2' }], file, [other])).toEqual(absent);
  expect(findAttached([nameless], file, [attachedOther])).toEqual(absent);
  const byId = { ...attachedOther, documentId: 7 };
  expect(findAttached([{ ...nameless, name: 'Terms%20.pdf' }], file, [byId])).toEqual(absent);
});

// Servers have returned `name` in each of these forms.
test.each([
  ['as it was', 'Offer "A" für José.pdf'],
  ['percent-encoded', 'Offer %22A%22 f%C3%BCr Jos%C3%A9.pdf'],
  ['encoded for HTML', 'Offer &quot;A&quot; f&uuml;r Jos&eacute;.pdf'],
  ['in another Unicode form', 'Offer "A" für José.pdf'.normalize('NFD')],
  ['in another case', 'OFFER "A" FÜR JOSÉ.PDF'],
  ['with other blanks', 'Offer  "A" für José.pdf '],
  ['with underscores', 'Offer__A__fur_Jose.pdf'],
  ['shortened', 'Offer "A" für'],
  ['without its ending', 'Offer "A" für José'],
  ['with a path', 'uploads/Offer "A" für José.pdf'],
  ['in the wrong encoding', 'Offer "A" fÃ¼r JosÃ©.pdf'],
  ['as the name of a document that is not attached yet', 'terms.pdf'],
  ['not at all', null],
])(
  'an entry without file id whose name comes back %s is ambiguous, so nothing is attached twice',
  (_, name) => {
    const entry = { ...listed, name, originalFileId: null };
    const offer = { fileId: 'file-1', name: 'Offer "A" für José.pdf' };
    expect(findAttached([entry], offer, [other])).toEqual({ kind: 'ambiguous', likelyEntry: entry });
    const theirs = { ...listed, documentId: 7, name: 'terms.pdf', originalFileId: null };
    expect(findAttached([theirs, entry], offer, [{ ...attachedOther, documentId: 7 }]).kind).toBe(
      'ambiguous',
    );
  },
);

test('two entries of one name, and one document of that name: the second could be the file', () => {
  const theirs = { ...listed, documentId: 7, name: 'terms.pdf', originalFileId: null };
  const duplicate = { ...theirs, documentId: 8 };
  const byId = { ...attachedOther, documentId: 7 };
  expect(findAttached([theirs, duplicate], file, [byId])).toEqual({
    kind: 'ambiguous',
    likelyEntry: duplicate,
  });
});

test('of several entries that could be the file, only one with its name is likely', () => {
  const one = { ...listed, documentId: 7, name: 'a', originalFileId: null };
  const two = { ...one, documentId: 8, name: 'b' };
  expect(findAttached([one, two], file, [])).toEqual({ kind: 'ambiguous', likelyEntry: null });
  const same = { ...one, documentId: 9, name: file.name };
  expect(findAttached([one, same], file, [])).toEqual({ kind: 'ambiguous', likelyEntry: same });
  // The remaining entry can also be the other document.
  expect(findAttached([one], file, [attachedOther])).toEqual({ kind: 'ambiguous', likelyEntry: null });
});

test('an entry with an unknown file is ambiguous, since an earlier run may have uploaded it', () => {
  const before = { ...listed, originalFileId: 'file-0' };
  expect(findAttached([before], file, []).kind).toBe('ambiguous');
  expect(findAttached([{ ...before, name: 'CONTRACT.PDF' }], file, []).kind).toBe('ambiguous');
  expect(findAttached([{ ...before, status: 'DELETED' }], file, [])).toEqual({ kind: 'absent' });
});

test('an adopted document is found by its name until its id is known', () => {
  const adopted = { ...known, documentId: null };
  const entry = { ...listed, originalFileId: null, documentId: 9 };
  const deleted = { ...entry, documentId: 8, status: 'DELETED' };
  expect(mergeDocuments([adopted], [deleted, entry])).toEqual([
    { ...known, documentId: 9, status: 'UPLOADED' },
  ]);
  expect(mergeDocuments([adopted], [deleted])).toEqual([{ ...known, documentId: 8, status: 'DELETED' }]);
  expect(mergeDocuments([known], [entry])).toEqual([known]);
});

test('the list updates the known documents by file id or by document id', () => {
  const changed = { ...listed, status: 'FAILED', failureReason: 'no ID card' };
  const after = { ...known, status: 'FAILED', failureReason: 'no ID card' };
  expect(mergeDocuments([known], [changed])).toEqual([after]);
  expect(mergeDocuments([known], [{ ...changed, originalFileId: null }])).toEqual([after]);
  expect(mergeDocuments([{ ...known, documentId: null }], [{ ...changed, documentId: null }])).toEqual([
    { ...after, documentId: null },
  ]);
});

test('values that the vendor omits, or no longer lists, stay as they were', () => {
  expect(mergeDocuments([known], [])).toEqual([known]);
  expect(mergeDocuments([known], [{ ...listed, status: null, documentId: null }])).toEqual([known]);
});

test('two documents are never mixed up because both lack an id', () => {
  const notUploaded = { ...known, fileId: null, documentId: null, status: null };
  expect(mergeDocuments([notUploaded], [{ ...listed, originalFileId: null, documentId: 7 }])).toEqual([
    notUploaded,
  ]);
});

test('a document that is attached and has no id gets the only entry that is left', () => {
  const adopted = { ...known, documentId: null, fileId: 'old' };
  const entry = { ...listed, documentId: 9, name: 'CONTRACT~1.PDF', originalFileId: null };
  const theirs = { ...known, name: 'terms.pdf', fileId: 'file-2', documentId: 7 };
  const their = { ...listed, documentId: 7, name: 'terms.pdf', originalFileId: null };
  expect(mergeDocuments([adopted, theirs], [entry, their])[0]).toEqual({
    ...adopted,
    documentId: 9,
    status: 'UPLOADED',
  });
  expect(mergeDocuments([adopted], [entry, their])).toEqual([adopted]);
  const unattached = { ...theirs, documentId: null, status: null };
  expect(mergeDocuments([adopted, unattached], [entry])).toEqual([adopted, unattached]);
});

test('several such documents get only what all remaining entries share, and never an id', () => {
  const one = { ...known, documentId: null, fileId: 'old-1' };
  const two = { ...one, name: 'terms.pdf', fileId: 'old-2' };
  const entries = [7, 8].map((documentId) => ({
    ...listed, documentId, name: `${documentId}`, originalFileId: null, status: 'FINISHED',
  })); // prettier-ignore
  expect(mergeDocuments([one, two], entries)).toEqual([
    { ...one, status: 'FINISHED' },
    { ...two, status: 'FINISHED' },
  ]);
  const failed = entries.map((entry, index) => (index === 0 ? { ...entry, status: 'FAILED' } : entry));
  expect(mergeDocuments([one, two], failed)).toEqual([one, two]);
});

test('contradicting entries of one file prove nothing, and a deleted one does not count', () => {
  const duplicate = { ...listed, documentId: 1400, status: 'FINISHED' };
  expect(mergeDocuments([known], [listed, duplicate])).toEqual([known]);
  expect(mergeDocuments([known], [{ ...listed, status: 'DELETED' }, duplicate])[0]?.status).toBe('FINISHED');
});

test('two polls differ in status, document id and failure reason, and in nothing else', () => {
  expect(hasChanged([known], [{ ...known }])).toBe(false);
  expect(hasChanged([known], [{ ...known, bytes: 2 }])).toBe(false);
  expect(hasChanged([known], [{ ...known, status: 'UPLOADED' }])).toBe(true);
  expect(hasChanged([known], [{ ...known, documentId: 9 }])).toBe(true);
  expect(hasChanged([known], [{ ...known, failureReason: 'no ID card' }])).toBe(true);
});
