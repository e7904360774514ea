/** Long before the first session of all. */
const EARLIEST = Date.parse('2020-01-01');
const EXACT_ENOUGH_MS = 60_000;

/**
 * The oldest of many moments, where only pages of those up to a moment can be asked for, in no certain order: servers with
 * an SQL database do not sort. Exact where they fit into one page, else to a minute. `undefined` where there are none.
 */
export async function oldestOf(
  pageUntil: (time: Date) => Promise<readonly Date[]>,
  pageSize: number,
  now: Date,
): Promise<Date | undefined> {
  let oldest: number | undefined;
  let [none, some] = [EARLIEST, now.getTime()];
  for (let until = some; some - none > EXACT_ENOUGH_MS; until = Math.floor((none + some) / 2)) {
    const page = await pageUntil(new Date(until));
    if (page.length === 0) none = until;
    else oldest = some = Math.min(...page.map((time) => time.getTime()));
    if (page.length > 0 && page.length < pageSize) break;
  }
  return oldest === undefined ? undefined : new Date(oldest);
}
