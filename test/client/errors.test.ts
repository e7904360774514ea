import { TooManyStartsError } from '../../src/client/index.js';

it.each([
  [1, '1 second'],
  [59_001, '1 minute'],
  [60_000, '1 minute'],
  [60_001, '2 minutes'],
  [3_600_000, '60 minutes'],
])('a refusal for %i ms advises to wait so long or a little longer, never shorter: %s', (ms, words) => {
  expect(new TooManyStartsError(30, ms).message).toBe(
    `An employee can start 30 signings within an hour, and this one has; the next one can be started in ${words}.`,
  );
});
