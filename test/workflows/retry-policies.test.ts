import fc from 'fast-check';
import {
  backoffMs,
  callbackPauseMs,
  callbackTimeoutMs,
  deadlinePollPauseMs,
  minUrlLifetimeMs,
  pollPauseMs,
  uploadPauseMs,
} from '../../src/workflows/retry-policies.js';

const arbitraryPoll = fc.integer({ min: 1, max: 1_000_000 });
const arbitraryPauses = fc
  .tuple(fc.integer({ min: 100, max: 86_400_000 }), fc.integer({ min: 100, max: 86_400_000 }))
  .map(([one, other]) => ({ firstMs: Math.min(one, other), maxMs: Math.max(one, other) }));
const arbitraryRandom = fc.double({ min: 0, max: 1, noNaN: true });

test('the pause between two polls stays within 20 % of the first and of the longest', () => {
  fc.assert(
    fc.property(arbitraryPoll, arbitraryPauses, arbitraryRandom, (at, pauses, random) => {
      const pause = pollPauseMs(at, pauses, random);
      expect(pause).toBeGreaterThanOrEqual(Math.floor(0.8 * pauses.firstMs));
      expect(pause).toBeLessThanOrEqual(Math.ceil(1.2 * pauses.maxMs));
      expect(Number.isInteger(pause)).toBe(true);
    }),
  );
});

test('the pause grows with every poll and never shrinks', () => {
  fc.assert(
    fc.property(arbitraryPoll, arbitraryPauses, arbitraryRandom, (at, pauses, random) => {
      expect(pollPauseMs(at + 1, pauses, random)).toBeGreaterThanOrEqual(pollPauseMs(at, pauses, random));
    }),
  );
  const pauses = { firstMs: 60_000, maxMs: 100_000 };
  expect([1, 2, 3].map((at) => pollPauseMs(at, pauses, 0.5))).toEqual([60_000, 90_000, 100_000]);
});

test('the vendor is never called before its Retry-After is over', () => {
  fc.assert(
    fc.property(
      arbitraryPoll,
      arbitraryPauses,
      arbitraryRandom,
      fc.nat({ max: 86_400_000 }),
      (at, pauses, random, wish) => {
        expect(pollPauseMs(at, pauses, random, wish)).toBeGreaterThanOrEqual(wish);
        expect(backoffMs(at, wish)).toBeGreaterThanOrEqual(wish);
      },
    ),
  );
});

test('a call that had no effect is retried after a second, then twice as long, up to ten minutes', () => {
  expect([1, 2, 3, 4].map((failures) => backoffMs(failures))).toEqual([1000, 2000, 4000, 8000]);
  fc.assert(
    fc.property(arbitraryPoll, (failures) => {
      expect(backoffMs(failures)).toBeLessThanOrEqual(600_000);
    }),
  );
});

test('an upload goes on over eight URLs, with growing pauses, until a person must decide', () => {
  const pauses = [1, 2, 3, 7, 8].map((failedUrls) => uploadPauseMs({ failedUrls, rejectedUrls: 0 }));
  expect(pauses).toEqual([1000, 2000, 4000, 64_000, undefined]);
  expect(uploadPauseMs({ failedUrls: 1, rejectedUrls: 0 }, 90_000)).toBe(90_000);
});

test('a rejected upload URL is replaced immediately, and the fifth in a row needs a person', () => {
  const pauses = [1, 2, 3, 4, 5].map((rejectedUrls) => uploadPauseMs({ failedUrls: 1, rejectedUrls }));
  expect(pauses).toEqual([0, 2000, 4000, 8000, undefined]);
});

test('six polls follow the deadline, unless the vendor asks for a pause above five minutes', () => {
  const pauses = [1, 2, 5, 6].map((attempt) => deadlinePollPauseMs(attempt));
  expect(pauses).toEqual([16_000, 32_000, 256_000, undefined]);
  expect(deadlinePollPauseMs(1, 300_000)).toBe(300_000);
  expect(deadlinePollPauseMs(1, 300_001)).toBeUndefined();
});

test('an upload asks for a URL that outlives it: half a minute, and 4 seconds for every megabyte', () => {
  expect(minUrlLifetimeMs(0)).toBe(30_000);
  expect(minUrlLifetimeMs(50 * 1024 * 1024)).toBe(230_000);
});

test('a callback is retried after 5 seconds, then three times as long each time, up to 4 hours', () => {
  expect([1, 2, 3, 4].map((attempt) => callbackPauseMs(attempt, 0.5))).toEqual([
    5_000, 15_000, 45_000, 135_000,
  ]);
  fc.assert(
    fc.property(arbitraryPoll, arbitraryRandom, (attempt, random) => {
      const pause = callbackPauseMs(attempt, random);
      expect(pause).toBeGreaterThanOrEqual(4_000);
      expect(pause).toBeLessThanOrEqual(1.2 * 4 * 3_600_000);
      expect(Number.isInteger(pause)).toBe(true);
    }),
  );
});

test('a callback is retried when the CRM asks for it, within a minute and six hours once the pauses are longer than that', () => {
  expect(callbackPauseMs(1, 0.5, 120_000)).toBe(120_000);
  expect(callbackPauseMs(12, 0.5, 120_000)).toBe(120_000);
  expect(callbackPauseMs(1, 0.5, 0)).toBe(5_000);
  expect(callbackPauseMs(12, 0.5, 0)).toBe(60_000);
  expect(callbackPauseMs(3, 0.5, 86_400_000)).toBe(6 * 3_600_000);
});

test('a callback is tried for three days since it happened, and for an hour where it had to wait for its turn', () => {
  const day = 86_400_000;
  expect(callbackTimeoutMs(0, 0)).toBe(3 * day);
  expect(callbackTimeoutMs(0, day)).toBe(2 * day);
  expect(callbackTimeoutMs(0, 5 * day)).toBe(3_600_000);
});
