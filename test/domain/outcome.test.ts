import fc from 'fast-check';
import {
  describeLeftovers,
  determineOutcome,
  determineWaitingState,
  isHandedOver,
} from '../../src/domain/outcome.js';
import type { DocumentState } from '../../src/domain/status.js';

const createDocument = (status: string | null): DocumentState => ({
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
    expect(
      describeLeftovers({ sessionId: null, documents: [createDocument(null)] }, false, true),
    ).toBeUndefined();
  });

  it.each([
    [['UPLOADED', 'FINISHED'], false, true, 'with 2 of 2 documents, .*, so the customer can still sign\\.'],
    [['ATTACHED', 'ATTACHED'], true, true, 'so the customer can still sign\\.'],
    [['ATTACHED', 'DELETED'], false, true, 'with 1 of 2 documents, .*can still sign once it is handed over'],
    [['ATTACHED', 'ATTACHED'], false, false, 'so the customer can still sign\\.'],
    [[null, null], false, true, 'with 0 of 2 documents, since the API deletes nothing\\.'],
  ])('%j, handed over: %s, list current: %s', (statuses, handedOver, isListCurrent, expected) => {
    const documents = statuses.map(createDocument);
    const sentence = describeLeftovers({ sessionId: 13, documents }, handedOver, isListCurrent);
    expect(sentence).toMatch(/^Contract session 13 stays at flexperto/);
    expect(sentence).toMatch(new RegExp(expected));
  });
});

const withStatus = (...statuses: (string | null)[]): { status: string | null }[] =>
  statuses.map((status) => ({ status }));

const FINAL = ['FINISHED', 'DELETED', 'FAILED'];
/** A status of the vendor: known, unknown, or none. */
const status = fc.oneof(
  fc.constantFrom(...FINAL),
  fc.constantFrom('ATTACHED', 'UPLOADED', 'UPDATED', 'finished', null),
  fc.string(),
);
const final = fc.constantFrom(...FINAL);

test.each([
  [['FINISHED'], 'completed'],
  [['FINISHED', 'DELETED'], 'completed'],
  [['FINISHED', 'FAILED', 'DELETED'], 'failed'],
  [['FAILED', 'DELETED'], 'failed'],
  [['DELETED', 'DELETED'], 'withdrawn'],
  [['FINISHED', 'UPDATED'], undefined],
  [['FAILED', 'UPLOADED'], undefined],
  [['FINISHED', null], undefined],
  [['FINISHED', 'Finished'], undefined],
])('documents with status %j have the outcome %s', (statuses, outcome) => {
  expect(determineOutcome(withStatus(...statuses))).toBe(outcome);
});

test('a signing without documents has no outcome', () => {
  expect(determineOutcome([])).toBeUndefined();
});

test('a signing has an outcome exactly when every document has a final status', () => {
  fc.assert(
    fc.property(fc.array(status, { minLength: 1 }), (statuses) => {
      const over = statuses.every((word) => word !== null && FINAL.includes(word));
      expect(determineOutcome(withStatus(...statuses)) !== undefined).toBe(over);
    }),
  );
});

test('the order of the documents does not change the outcome', () => {
  const shuffled = fc
    .array(status, { minLength: 1 })
    .chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })),
    );
  fc.assert(
    fc.property(shuffled, ([before, after]) => {
      expect(determineOutcome(withStatus(...after))).toBe(determineOutcome(withStatus(...before)));
    }),
  );
});

test('one failed document makes the signing failed, with any status of the others', () => {
  fc.assert(
    fc.property(fc.array(final), fc.array(final), (before, after) => {
      expect(determineOutcome(withStatus(...before, 'FAILED', ...after))).toBe('failed');
    }),
  );
});

test('a signing is handed over as soon as one document has left ATTACHED and was not deleted', () => {
  expect(isHandedOver(withStatus('ATTACHED', 'ATTACHED', null, 'DELETED'))).toBe(false);
  expect(isHandedOver(withStatus('ATTACHED', 'UPLOADED'))).toBe(true);
  expect(isHandedOver(withStatus('FAILED', 'DELETED'))).toBe(true);
});

test('a signing waits for its hand-over until the list or the hand-over call shows it', () => {
  expect(determineWaitingState(withStatus('ATTACHED'), false)).toBe('awaiting-handover');
  expect(determineWaitingState(withStatus('ATTACHED'), true)).toBe('awaiting-signature');
  expect(determineWaitingState(withStatus('UPLOADED'), false)).toBe('awaiting-signature');
});
