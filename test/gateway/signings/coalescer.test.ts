import { createCoalescer } from '../../../src/gateway/signings/signing-by-id.js';
import { captureRejection } from '../../support/async-helpers.js';

const PAUSE_MS = 50;

test('Calls that come together share two calls: one immediately, and one for what may have changed since', async () => {
  const coalesce = createCoalescer(PAUSE_MS);
  let sent = 0;
  const send = (): Promise<void> => {
    sent += 1;
    return Promise.resolve();
  };
  await coalesce('one', send);
  expect(sent).toBe(1);
  await Promise.all(Array.from({ length: 100 }, () => coalesce('one', send)));
  expect(sent).toBe(2);
});

test('Calls with different keys do not wait for each other', async () => {
  const coalesce = createCoalescer(3_600_000);
  const sent: string[] = [];
  for (const key of ['one', 'two'])
    await coalesce(key, () => {
      sent.push(key);
      return Promise.resolve();
    });
  expect(sent).toEqual(['one', 'two']);
});

test('A shared call that fails rejects for all its callers, and the next call sends again', async () => {
  const coalesce = createCoalescer(PAUSE_MS);
  await coalesce('one', () => Promise.resolve());
  const fail = (): Promise<void> => Promise.reject(new Error('gone'));
  const failures = await Promise.all([
    captureRejection(coalesce('one', fail)),
    captureRejection(coalesce('one', fail)),
  ]);
  expect(failures.map(String)).toEqual(['Error: gone', 'Error: gone']);
  await coalesce('one', () => Promise.resolve());
});
