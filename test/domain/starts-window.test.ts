import fc from 'fast-check';
import { addPlace, admit, emptyInMs, HOUR_MS, type Place } from '../../src/domain/starts-window.js';

/** What became of starts at these times, in turn; times in milliseconds. */
function run(
  times: readonly number[],
  limit: number,
): { readonly at: number; readonly isAdmitted: boolean }[] {
  let places: readonly Place[] = [];
  return times.map((at, index) => {
    const admission = admit(places, { requestId: `r${index}`, limit }, at);
    if ('places' in admission) places = admission.places;
    return { at, isAdmitted: 'places' in admission };
  });
}

const steps = fc.array(fc.nat({ max: HOUR_MS / 4 }), { maxLength: 60 });
const inTurn = steps.map((pauses) => pauses.map((_, index) => sum(pauses.slice(0, index + 1))));
const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
const limits = fc.integer({ min: 1, max: 8 });

test('no hour, wherever it begins, holds more starts than the limit, and none is refused that could be held', () => {
  fc.assert(
    fc.property(inTurn, limits, (times, limit) => {
      const all = run(times, limit);
      all.forEach(({ at, isAdmitted }, index) => {
        const before = all.slice(0, index).filter((one) => one.isAdmitted && one.at + HOUR_MS > at);
        expect(isAdmitted).toBe(before.length < limit);
      });
    }),
  );
});

test('a refusal names the first moment at which a start is admitted', () => {
  const taken = [1000, 2000, 3000].map((at) => ({ requestId: `r${at}`, at }));
  const asked = { requestId: 'new', limit: 3 };
  expect(admit(taken, asked, 4000)).toEqual({ freeInMs: HOUR_MS - 3000 });
  expect(admit(taken, asked, HOUR_MS + 999)).toEqual({ freeInMs: 1 });
  expect(admit(taken, asked, HOUR_MS + 1000)).toHaveProperty('places.length', 3);
});

test('under a limit that was lowered, as many places must become free as are too many', () => {
  const taken = [3000, 1000, 2000].map((at) => ({ requestId: `r${at}`, at }));
  const asked = { requestId: 'new', limit: 1 };
  expect(admit(taken, asked, 4000)).toEqual({ freeInMs: HOUR_MS - 1000 });
  expect(admit(taken, asked, HOUR_MS + 2999)).toEqual({ freeInMs: 1 });
  expect(admit(taken, asked, HOUR_MS + 3000)).toHaveProperty('places.length', 1);
});

test('a request that has a place is admitted again, also when all are taken, and takes no second one', () => {
  const taken = [{ requestId: 'one', at: 1000 }];
  expect(admit(taken, { requestId: 'one', limit: 1 }, 2000)).toEqual({ places: taken });
});

test('a start that was made without asking counts once, from when it was made, and never from later than now', () => {
  const once = addPlace([], { requestId: 'one', at: 1000 }, 5000);
  expect(once).toEqual([{ requestId: 'one', at: 1000 }]);
  expect(addPlace(once, { requestId: 'one', at: 1000 }, 6000)).toEqual(once);
  expect(addPlace([], { requestId: 'ahead', at: 9000 }, 5000)).toEqual([{ requestId: 'ahead', at: 5000 }]);
  expect(addPlace([], { requestId: 'long-ago', at: 0 }, HOUR_MS)).toEqual([]);
});

test('the hour is empty when the newest start is an hour old', () => {
  expect(emptyInMs([], 5000)).toBe(0);
  const taken = [2000, 1000].map((at) => ({ requestId: `r${at}`, at }));
  expect(emptyInMs(taken, 5000)).toBe(HOUR_MS - 3000);
  expect(emptyInMs(taken, HOUR_MS + 2000)).toBe(0);
});
