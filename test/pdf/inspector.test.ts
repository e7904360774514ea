import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import {
  type FairSemaphore,
  createFairSemaphore,
  createPdfInspector,
  createVerdictCache,
} from '../../src/pdf/inspector.js';

/** The order in which requests get permits, if each releases its permit in the next turn of the event loop. */
async function serveAll(semaphore: FairSemaphore, callers: readonly string[]): Promise<string> {
  const order: string[] = [];
  const running: string[] = [];
  const all = callers.map(async (caller) => {
    await semaphore.acquire(caller);
    order.push(caller);
    running.push(caller);
  });
  while (order.length < callers.length) {
    await setImmediate();
    const ended = running.shift();
    if (ended !== undefined) semaphore.release(ended);
  }
  await Promise.all(all);
  return order.join('');
}

describe('Callers take turns', () => {
  it.each([
    [1, 'aaaab', 'abaaa'],
    [1, 'aaaabbbc', 'abacbaba'],
    [2, 'aaaab', 'aabaa'],
    [2, 'aaabbb', 'aababb'],
    [2, 'abcabc', 'abcabc'],
  ])('with %i permits, requests of %s are served as %s', async (permits, asked, order) => {
    expect(await serveAll(createFairSemaphore(permits), Array.from(asked))).toBe(order);
  });

  it('and an aborted request takes no permit', async () => {
    const semaphore = createFairSemaphore(1);
    const leaving = new AbortController();
    await semaphore.acquire('a');
    const left = semaphore.acquire('b', leaving.signal);
    const next = semaphore.acquire('c');
    leaving.abort(new Error('no longer needed'));
    await expect(left).rejects.toThrow('no longer needed');
    semaphore.release('a');
    await expect(next).resolves.toBeUndefined();
  });
});

describe('A verdict on bytes that were inspected before', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pdf-verdicts-'));
  const count = join(folder, 'count');
  const program = join(__dirname, 'inspection-programs', 'counts-inspections.js');
  const path = (content: string): string => {
    const file = join(folder, 'document.pdf');
    writeFileSync(file, content);
    return file;
  };
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('is reused, for the same file and for a known SHA-256', async () => {
    const inspector = createPdfInspector({ program });
    const first = await inspector.inspect(path('one'));
    expect(await inspector.inspect(path('one'))).toEqual(first);
    expect(readFileSync(count, 'utf8')).toBe('x');
    expect(await inspector.inspect('/nowhere', { sha256: 'sha256 of one' })).toEqual(first);
    expect(await inspector.inspect(path('two'))).not.toEqual(first);
    expect(readFileSync(count, 'utf8')).toBe('xx');
  });

  it('is dropped after many others were used', () => {
    const cache = createVerdictCache(2);
    for (const problem of ['a', 'b']) cache.set(problem, { ok: false, problem });
    cache.get('a');
    cache.set('c', { ok: false, problem: 'c' });
    expect(['a', 'b', 'c'].map((key) => cache.get(key) !== undefined)).toEqual([true, false, true]);
  });
});
