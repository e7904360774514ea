import { leftover } from '../../src/domain/leftover.js';
import type { DocumentState } from '../../src/domain/status.js';

const document = (status: string | null): DocumentState => ({
  name: 'contract.pdf',
  bytes: 1,
  sha256: 'ab',
  signatureFields: 'required',
  fileId: 'file-1',
  documentId: 1,
  status,
  failureReason: null,
});

describe('What stays at the vendor', () => {
  it('is nothing where no contract session is known', () => {
    expect(leftover({ sessionId: null, documents: [document(null)] }, false, true)).toBeUndefined();
  });

  it.each([
    [['UPLOADED', 'FINISHED'], false, true, 'with 2 of 2 documents, .*, so the customer can still sign\\.'],
    [['ATTACHED', 'ATTACHED'], true, true, 'so the customer can still sign\\.'],
    [['ATTACHED', 'DELETED'], false, true, 'with 1 of 2 documents, .*can still sign once it is handed over'],
    [['ATTACHED', 'ATTACHED'], false, false, 'so the customer can still sign\\.'],
    [[null, null], false, true, 'with 0 of 2 documents, since the API deletes nothing\\.'],
  ])('%j, handed over: %s, just seen: %s', (statuses, handedOver, isKnown, words) => {
    const documents = statuses.map(document);
    const sentence = leftover({ sessionId: 13, documents }, handedOver, isKnown);
    expect(sentence).toMatch(/^Contract session 13 stays at flexperto/);
    expect(sentence).toMatch(new RegExp(words));
  });
});
