import { array, assert, asyncProperty, integer } from 'fast-check';
import { findOldestStart } from '../../src/worker/workflow-lookup.js';

const NOW = new Date('2026-06-01T12:00:00Z');
const MINUTE = 60_000;
const PAGE = 5;

/** A server that knows these times and answers with a page of them, the newest first. */
const createServer = (ages: readonly number[]) => {
  const asked: Date[] = [];
  const moments = ages.map((age) => new Date(NOW.getTime() - age)).sort((a, b) => b.getTime() - a.getTime());
  const pageUntil = (time: Date): Promise<Date[]> => {
    asked.push(time);
    return Promise.resolve(moments.filter((moment) => moment <= time).slice(0, PAGE));
  };
  return { pageUntil, asked };
};

describe('The oldest of many starts', () => {
  it('is undefined without starts', async () => {
    expect(await findOldestStart(createServer([]).pageUntil, PAGE, NOW)).toBeUndefined();
  });

  it('is exact, and needs one request, if all fit into one page', async () => {
    const { pageUntil, asked } = createServer([3, 900 * MINUTE, 70]);
    expect(await findOldestStart(pageUntil, PAGE, NOW)).toEqual(new Date(NOW.getTime() - 900 * MINUTE));
    expect(asked).toHaveLength(1);
  });

  it('is found to a minute among any number, with some thirty requests at most', async () => {
    const ages = array(integer({ min: 0, max: 400 * 24 * 60 * MINUTE }), { minLength: 1, maxLength: 60 });
    await assert(
      asyncProperty(ages, async (given) => {
        const { pageUntil, asked } = createServer(given);
        const found = await findOldestStart(pageUntil, PAGE, NOW);
        const age = NOW.getTime() - (found?.getTime() ?? 0);
        expect(Math.max(...given) - age).toBeLessThanOrEqual(MINUTE);
        expect(given).toContain(age);
        expect(asked.length).toBeLessThan(32);
      }),
    );
  });
});
