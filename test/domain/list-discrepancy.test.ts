import { describeSurplus, findDiscrepancy, findUnlisted } from '../../src/domain/list-discrepancy.js';
import type { DocumentState } from '../../src/domain/status.js';
import type { VendorDocument } from '../../src/domain/vendor-document.js';

const contract: DocumentState = {
  name: 'contract.pdf',
  bytes: 1024,
  sha256: 'ab'.repeat(32),
  signatureFields: 'required',
  fileId: 'file-1',
  documentId: 1,
  status: 'ATTACHED',
  failureReason: null,
};
const terms: DocumentState = { ...contract, name: 'terms.pdf', fileId: 'file-2', documentId: 2 };
const createEntry = (documentId: number, change: Partial<VendorDocument> = {}): VendorDocument => ({
  documentId,
  name: `name-${documentId}`,
  status: 'ATTACHED',
  originalFileId: null,
  failureReason: null,
  ...change,
});

test('a list that shows each document once leaves nothing open', () => {
  expect(findDiscrepancy([contract, terms], [createEntry(1), createEntry(2)], false)).toBeUndefined();
  const loose = [contract, terms].map((document) => ({ ...document, documentId: null }));
  expect(findDiscrepancy(loose, [createEntry(7), createEntry(8)], false)).toBeUndefined();
});

test('two entries of one file, and an entry without a document, are named by their ids', () => {
  const duplicates = [
    createEntry(1, { originalFileId: 'file-1' }),
    createEntry(3, { originalFileId: 'file-1' }),
  ];
  expect(describeSurplus([contract], duplicates)).toContain('3 (name-3)');
  expect(describeSurplus([contract], duplicates)).not.toContain('1 (name-1)');
  expect(describeSurplus([contract], [createEntry(1), createEntry(9)])).toContain('9 (name-9)');
});

test('a deleted entry, or one that can be a document not found yet, is not surplus', () => {
  expect(
    describeSurplus([contract], [createEntry(1), createEntry(9, { status: 'DELETED' })]),
  ).toBeUndefined();
  const unattached = { ...terms, documentId: null, status: null };
  expect(describeSurplus([contract, unattached], [createEntry(1), createEntry(9)])).toBeUndefined();
});

test('an attached document that no list has shown needs a decision, by its name, once', () => {
  expect(findDiscrepancy([contract, terms], [createEntry(1)], false)).toContain('terms.pdf');
  expect(findDiscrepancy([contract, terms], [createEntry(1)], true)).toBeUndefined();
  expect(findUnlisted([contract, { ...terms, status: null }], [createEntry(1)])).toEqual([]);
});

test('where all documents have a final status and cannot be distinguished, a person must record the outcome', () => {
  const loose = [contract, terms].map((document) => ({ ...document, documentId: null }));
  const ended = [createEntry(7, { status: 'FAILED' }), createEntry(8, { status: 'FINISHED' })];
  expect(findDiscrepancy(loose, ended, true)).toContain('record the outcome');
  expect(
    findDiscrepancy(loose, [createEntry(7), createEntry(8, { status: 'FINISHED' })], true),
  ).toBeUndefined();
  expect(
    findDiscrepancy(
      [contract, terms],
      [createEntry(1), createEntry(2)].map((one) => ({ ...one, status: 'FINISHED' })),
      true,
    ),
  ).toBeUndefined();
});
