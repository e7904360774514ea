import type { DocumentState } from '../../src/domain/status.js';
import { differ, findAttached, withNews, type VendorDocument } from '../../src/domain/vendor-document.js';

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

test('a file is attached when the list names it, also under another name', () => {
  const renamed = { ...listed, name: 'contract (1).pdf' };
  expect(findAttached([{ ...listed, originalFileId: 'file-2' }, renamed], file)).toBe(renamed);
});

test('a file that no entry can stand for is not attached', () => {
  expect(findAttached([], file)).toBe('absent');
  expect(findAttached([{ ...listed, originalFileId: 'file-2', name: 'terms.pdf' }], file)).toBe('absent');
  expect(findAttached([{ ...listed, originalFileId: null, name: 'terms.pdf' }], file)).toBe('absent');
});

test('an entry without original_file_id that could be the document leaves it unclear, so nothing is attached twice', () => {
  expect(findAttached([{ ...listed, originalFileId: null }], file)).toBe('unclear');
  expect(findAttached([{ ...listed, originalFileId: null, name: null }], file)).toBe('unclear');
});

test('an entry of the same name with another file leaves it unclear, since a run before can have uploaded it', () => {
  expect(findAttached([{ ...listed, originalFileId: 'file-0' }], file)).toBe('unclear');
  expect(findAttached([{ ...listed, originalFileId: 'file-0', status: 'DELETED' }], file)).toBe('absent');
});

test('a document that a human has adopted is found by its name, and only while nothing else is known of it', () => {
  const adopted = { ...known, documentId: null };
  const entry = { ...listed, originalFileId: null, documentId: 9 };
  const deleted = { ...entry, documentId: 8, status: 'DELETED' };
  expect(withNews([adopted], [deleted, entry])).toEqual([{ ...known, documentId: 9, status: 'UPLOADED' }]);
  expect(withNews([adopted], [deleted])).toEqual([{ ...known, documentId: 8, status: 'DELETED' }]);
  expect(withNews([known], [entry])).toEqual([known]);
});

test('news are laid over what is known, found by the file or by the document id', () => {
  const news = { ...listed, status: 'FAILED', failureReason: 'no ID card' };
  const after = { ...known, status: 'FAILED', failureReason: 'no ID card' };
  expect(withNews([known], [news])).toEqual([after]);
  expect(withNews([known], [{ ...news, originalFileId: null }])).toEqual([after]);
  expect(withNews([{ ...known, documentId: null }], [{ ...news, documentId: null }])).toEqual([
    { ...after, documentId: null },
  ]);
});

test('what the vendor leaves out, or no longer lists, stays as it was known', () => {
  expect(withNews([known], [])).toEqual([known]);
  expect(withNews([known], [{ ...listed, status: null, documentId: null }])).toEqual([known]);
});

test('two documents that are unknown to each other are never mixed up by what both lack', () => {
  const notUploaded = { ...known, fileId: null, documentId: null, status: null };
  expect(withNews([notUploaded], [{ ...listed, originalFileId: null, documentId: 7 }])).toEqual([
    notUploaded,
  ]);
});

test('two looks differ in status, document id and failure reason, and in nothing else', () => {
  expect(differ([known], [{ ...known }])).toBe(false);
  expect(differ([known], [{ ...known, bytes: 2 }])).toBe(false);
  expect(differ([known], [{ ...known, status: 'UPLOADED' }])).toBe(true);
  expect(differ([known], [{ ...known, documentId: 9 }])).toBe(true);
  expect(differ([known], [{ ...known, failureReason: 'no ID card' }])).toBe(true);
});
