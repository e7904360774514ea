import fc from 'fast-check';
import {
  HOUR_MS,
  type Reservation,
  addReservation,
  msUntilEmpty,
  tryReserve,
} from '../../src/domain/start-rate-limit.js';

/** The result of each start at these times, in order. Times in milliseconds. */
function reserveAll(
  times: readonly number[],
  limit: number,
): { readonly at: number; readonly isAdmitted: boolean }[] {
  let reservations: readonly Reservation[] = [];
  return times.map((at, index) => {
    const result = tryReserve(reservations, { requestId: `r${index}`, limit }, at);
    if ('reservations' in result) reservations = result.reservations;
    return { at, isAdmitted: 'reservations' in result };
  });
}

const steps = fc.array(fc.nat({ max: HOUR_MS / 4 }), { maxLength: 60 });
const increasingTimes = steps.map((pauses) => pauses.map((_, index) => sum(pauses.slice(0, index + 1))));
const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
const limits = fc.integer({ min: 1, max: 8 });

test('no hour, wherever it begins, has more starts than the limit, and no start below the limit is refused', () => {
  fc.assert(
    fc.property(increasingTimes, limits, (times, limit) => {
      const all = reserveAll(times, limit);
      all.forEach(({ at, isAdmitted }, index) => {
        const before = all.slice(0, index).filter((one) => one.isAdmitted && one.at + HOUR_MS > at);
        expect(isAdmitted).toBe(before.length < limit);
      });
    }),
  );
});

test('a refusal names the first moment at which a start is possible', () => {
  const taken = [1000, 2000, 3000].map((at) => ({ requestId: `r${at}`, at }));
  const asked = { requestId: 'new', limit: 3 };
  expect(tryReserve(taken, asked, 4000)).toEqual({ retryAfterMs: HOUR_MS - 3000 });
  expect(tryReserve(taken, asked, HOUR_MS + 999)).toEqual({ retryAfterMs: 1 });
  expect(tryReserve(taken, asked, HOUR_MS + 1000)).toHaveProperty('reservations.length', 3);
});

test('after the limit was lowered, all surplus reservations must expire first', () => {
  const taken = [3000, 1000, 2000].map((at) => ({ requestId: `r${at}`, at }));
  const asked = { requestId: 'new', limit: 1 };
  expect(tryReserve(taken, asked, 4000)).toEqual({ retryAfterMs: HOUR_MS - 1000 });
  expect(tryReserve(taken, asked, HOUR_MS + 2999)).toEqual({ retryAfterMs: 1 });
  expect(tryReserve(taken, asked, HOUR_MS + 3000)).toHaveProperty('reservations.length', 1);
});

test('a request that has a reservation keeps it, also at the limit, and gets no second one', () => {
  const taken = [{ requestId: 'one', at: 1000 }];
  expect(tryReserve(taken, { requestId: 'one', limit: 1 }, 2000)).toEqual({ reservations: taken });
});

test('a start without a reservation counts once, from when it was made, and never from the future', () => {
  const once = addReservation([], { requestId: 'one', at: 1000 }, 5000);
  expect(once).toEqual([{ requestId: 'one', at: 1000 }]);
  expect(addReservation(once, { requestId: 'one', at: 1000 }, 6000)).toEqual(once);
  expect(addReservation([], { requestId: 'ahead', at: 9000 }, 5000)).toEqual([
    { requestId: 'ahead', at: 5000 },
  ]);
  expect(addReservation([], { requestId: 'long-ago', at: 0 }, HOUR_MS)).toEqual([]);
});

test('no reservation counts once the newest start is an hour old', () => {
  expect(msUntilEmpty([], 5000)).toBe(0);
  const taken = [2000, 1000].map((at) => ({ requestId: `r${at}`, at }));
  expect(msUntilEmpty(taken, 5000)).toBe(HOUR_MS - 3000);
  expect(msUntilEmpty(taken, HOUR_MS + 2000)).toBe(0);
});
