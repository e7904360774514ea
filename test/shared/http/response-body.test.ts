import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const NOW = Date.parse('2026-11-30T08:00:00Z');

/** What a process in another time zone waits, in seconds. */
function parseInZone(header: string, zone: string): unknown {
  const program =
    `const { parseRetryAfter } = require(${JSON.stringify(resolve('dist/src/shared/http/response-body.js'))});` +
    `process.stdout.write(JSON.stringify(parseRetryAfter(${JSON.stringify(header)}, ${NOW}) ?? null));`;
  const { stdout } = spawnSync(process.execPath, ['-e', program], { env: { ...process.env, TZ: zone } });
  const ms = JSON.parse(stdout.toString()) as number | null;
  return ms === null ? null : ms / 1000;
}

test.each([
  ['IMF-fixdate', 'Mon, 30 Nov 2026 08:02:00 GMT', 120],
  ['RFC 850', 'Monday, 30-Nov-26 08:02:00 GMT', 120],
  ['RFC 850 without its zone', 'Monday, 30-Nov-26 08:02:00', 120],
  ['asctime', 'Mon Nov 30 08:02:00 2026', 120],
  ['asctime with a day of one digit', 'Tue Dec  1 07:00:00 2026', 23 * 3600],
  ['a zone that is named otherwise', 'Mon, 30 Nov 2026 08:02:00 UTC', 120],
  ['a zone in digits', 'Mon, 30 Nov 2026 09:02:00 +0100', 120],
  ['seconds', ' 120 ', 120],
  ['a date that has passed', 'Mon Nov 30 07:00:00 2026', 0],
  ['a weekday and no date', 'Monday', null],
  ['a date without a weekday', '2026-11-30', null],
])('Retry-After is the same in every time zone: %s', (_, header, seconds) => {
  for (const zone of ['Europe/Berlin', 'America/New_York', 'UTC'])
    expect(parseInZone(header, zone)).toBe(seconds);
});
