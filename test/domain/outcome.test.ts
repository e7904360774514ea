import fc from 'fast-check';
import { isHandedOver, outcomeOf, waitingState } from '../../src/domain/outcome.js';

const withStatus = (...statuses: (string | null)[]): { status: string | null }[] =>
  statuses.map((status) => ({ status }));

const FINAL = ['FINISHED', 'DELETED', 'FAILED'];
/** What a vendor can say of a document: its own words, words no page names, and nothing. */
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
  expect(outcomeOf(withStatus(...statuses))).toBe(outcome);
});

test('a session without documents is not over', () => {
  expect(outcomeOf([])).toBeUndefined();
});

test('a session is over exactly when every document has a final status', () => {
  fc.assert(
    fc.property(fc.array(status, { minLength: 1 }), (statuses) => {
      const over = statuses.every((word) => word !== null && FINAL.includes(word));
      expect(outcomeOf(withStatus(...statuses)) !== undefined).toBe(over);
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
      expect(outcomeOf(withStatus(...after))).toBe(outcomeOf(withStatus(...before)));
    }),
  );
});

test('one failed document makes the session failed, whatever the others came to', () => {
  fc.assert(
    fc.property(fc.array(final), fc.array(final), (before, after) => {
      expect(outcomeOf(withStatus(...before, 'FAILED', ...after))).toBe('failed');
    }),
  );
});

test('a session counts as handed over as soon as one document has left ATTACHED by more than its deletion', () => {
  expect(isHandedOver(withStatus('ATTACHED', 'ATTACHED', null, 'DELETED'))).toBe(false);
  expect(isHandedOver(withStatus('ATTACHED', 'UPLOADED'))).toBe(true);
  expect(isHandedOver(withStatus('FAILED', 'DELETED'))).toBe(true);
});

test('a session waits for its hand-over until the list or the hand-over call itself shows that it took place', () => {
  expect(waitingState(withStatus('ATTACHED'), false)).toBe('awaiting-handover');
  expect(waitingState(withStatus('ATTACHED'), true)).toBe('awaiting-signature');
  expect(waitingState(withStatus('UPLOADED'), false)).toBe('awaiting-signature');
});
