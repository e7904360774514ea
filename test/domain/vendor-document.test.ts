import type { DocumentState } from '../../src/domain/status.js';
import {
  hasChanged,
  findAttached,
  mergeDocuments,
  type VendorDocument,
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

test('a file is attached when the list names it, also under another name, and one that is not deleted goes first', () => {
  const renamed = { ...listed, name: 'contract (1).pdf' };
  const deleted = { ...listed, documentId: 1361, status: 'DELETED' };
  const theirs = { ...listed, originalFileId: 'file-2' };
  expect(findAttached([theirs, deleted, renamed], file, [other])).toEqual({
    kind: 'attached',
    entry: renamed,
  });
});

test('a file is not attached where every entry is known to be another document', () => {
  const theirs = { ...listed, documentId: 7, name: 'terms.pdf' };
  const nameless = { ...theirs, originalFileId: null };
  const absent = { kind: 'absent' };
  expect(findAttached([], file, [])).toEqual(absent);
  expect(findAttached([{ ...theirs, originalFileId: 'file-2' }], file, [other])).toEqual(absent);
  expect(findAttached([nameless], file, [attachedOther])).toEqual(absent);
  const byId = { ...attachedOther, documentId: 7 };
  expect(findAttached([{ ...nameless, name: 'Terms%20.pdf' }], file, [byId])).toEqual(absent);
});

// Every one of them is a way in which servers were seen to return `name`.
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
  'an entry without file id whose name comes back %s leaves it unclear, so nothing is attached twice',
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
  const twin = { ...theirs, documentId: 8 };
  const byId = { ...attachedOther, documentId: 7 };
  expect(findAttached([theirs, twin], file, [byId])).toEqual({ kind: 'ambiguous', likelyEntry: twin });
});

test('of several entries that could be the file none is likely, but for one of its name', () => {
  const one = { ...listed, documentId: 7, name: 'a', originalFileId: null };
  const two = { ...one, documentId: 8, name: 'b' };
  expect(findAttached([one, two], file, [])).toEqual({ kind: 'ambiguous', likelyEntry: null });
  const same = { ...one, documentId: 9, name: file.name };
  expect(findAttached([one, same], file, [])).toEqual({ kind: 'ambiguous', likelyEntry: same });
  // The one entry that is left can be the other document as well.
  expect(findAttached([one], file, [attachedOther])).toEqual({ kind: 'ambiguous', likelyEntry: null });
});

test('an entry with an unknown file leaves it unclear, since a run before can have uploaded it', () => {
  const before = { ...listed, originalFileId: 'file-0' };
  expect(findAttached([before], file, []).kind).toBe('ambiguous');
  expect(findAttached([{ ...before, name: 'CONTRACT.PDF' }], file, []).kind).toBe('ambiguous');
  expect(findAttached([{ ...before, status: 'DELETED' }], file, [])).toEqual({ kind: 'absent' });
});

test('a document that a human has adopted is found by its name, and only while nothing else is known of it', () => {
  const adopted = { ...known, documentId: null };
  const entry = { ...listed, originalFileId: null, documentId: 9 };
  const deleted = { ...entry, documentId: 8, status: 'DELETED' };
  expect(mergeDocuments([adopted], [deleted, entry])).toEqual([
    { ...known, documentId: 9, status: 'UPLOADED' },
  ]);
  expect(mergeDocuments([adopted], [deleted])).toEqual([{ ...known, documentId: 8, status: 'DELETED' }]);
  expect(mergeDocuments([known], [entry])).toEqual([known]);
});

test('news are laid over what is known, found by the file or by the document id', () => {
  const news = { ...listed, status: 'FAILED', failureReason: 'no ID card' };
  const after = { ...known, status: 'FAILED', failureReason: 'no ID card' };
  expect(mergeDocuments([known], [news])).toEqual([after]);
  expect(mergeDocuments([known], [{ ...news, originalFileId: null }])).toEqual([after]);
  expect(mergeDocuments([{ ...known, documentId: null }], [{ ...news, documentId: null }])).toEqual([
    { ...after, documentId: null },
  ]);
});

test('what the vendor leaves out, or no longer lists, stays as it was known', () => {
  expect(mergeDocuments([known], [])).toEqual([known]);
  expect(mergeDocuments([known], [{ ...listed, status: null, documentId: null }])).toEqual([known]);
});

test('two documents that are unknown to each other are never mixed up by what both lack', () => {
  const notUploaded = { ...known, fileId: null, documentId: null, status: null };
  expect(mergeDocuments([notUploaded], [{ ...listed, originalFileId: null, documentId: 7 }])).toEqual([
    notUploaded,
  ]);
});

test('a document of which nothing is known but that it is attached is the one entry that is left', () => {
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

test('of several of them only what all entries that are left say is taken, and never an id', () => {
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

test('entries of one file that contradict each other say nothing, and a deleted one does not count', () => {
  const twin = { ...listed, documentId: 1400, status: 'FINISHED' };
  expect(mergeDocuments([known], [listed, twin])).toEqual([known]);
  expect(mergeDocuments([known], [{ ...listed, status: 'DELETED' }, twin])[0]?.status).toBe('FINISHED');
});

test('two looks differ in status, document id and failure reason, and in nothing else', () => {
  expect(hasChanged([known], [{ ...known }])).toBe(false);
  expect(hasChanged([known], [{ ...known, bytes: 2 }])).toBe(false);
  expect(hasChanged([known], [{ ...known, status: 'UPLOADED' }])).toBe(true);
  expect(hasChanged([known], [{ ...known, documentId: 9 }])).toBe(true);
  expect(hasChanged([known], [{ ...known, failureReason: 'no ID card' }])).toBe(true);
});
