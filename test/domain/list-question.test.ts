import { listQuestion, surplusQuestion, unlisted } from '../../src/domain/list-question.js';
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
const entry = (documentId: number, change: Partial<VendorDocument> = {}): VendorDocument => ({
  documentId,
  name: `name-${documentId}`,
  status: 'ATTACHED',
  originalFileId: null,
  failureReason: null,
  ...change,
});

test('a list that shows each document once leaves nothing open', () => {
  expect(listQuestion([contract, terms], [entry(1), entry(2)], false)).toBeUndefined();
  const loose = [contract, terms].map((document) => ({ ...document, documentId: null }));
  expect(listQuestion(loose, [entry(7), entry(8)], false)).toBeUndefined();
});

test('two entries of one file, and an entry beyond all documents, are named by their ids', () => {
  const twins = [entry(1, { originalFileId: 'file-1' }), entry(3, { originalFileId: 'file-1' })];
  expect(surplusQuestion([contract], twins)).toContain('3 (name-3)');
  expect(surplusQuestion([contract], twins)).not.toContain('1 (name-1)');
  expect(surplusQuestion([contract], [entry(1), entry(9)])).toContain('9 (name-9)');
});

test('an entry that was deleted, or that can be a document not found yet, is not too much', () => {
  expect(surplusQuestion([contract], [entry(1), entry(9, { status: 'DELETED' })])).toBeUndefined();
  const unattached = { ...terms, documentId: null, status: null };
  expect(surplusQuestion([contract, unattached], [entry(1), entry(9)])).toBeUndefined();
});

test('a document that was attached and that no list has shown is asked about by its name, once', () => {
  expect(listQuestion([contract, terms], [entry(1)], false)).toContain('terms.pdf');
  expect(listQuestion([contract, terms], [entry(1)], true)).toBeUndefined();
  expect(unlisted([contract, { ...terms, status: null }], [entry(1)])).toEqual([]);
});

test('where all have ended and nobody can tell which is which, the outcome is asked for', () => {
  const loose = [contract, terms].map((document) => ({ ...document, documentId: null }));
  const ended = [entry(7, { status: 'FAILED' }), entry(8, { status: 'FINISHED' })];
  expect(listQuestion(loose, ended, true)).toContain('record the outcome');
  expect(listQuestion(loose, [entry(7), entry(8, { status: 'FINISHED' })], true)).toBeUndefined();
  expect(
    listQuestion(
      [contract, terms],
      [entry(1), entry(2)].map((one) => ({ ...one, status: 'FINISHED' })),
      true,
    ),
  ).toBeUndefined();
});
