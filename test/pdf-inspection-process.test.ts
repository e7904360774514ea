import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPdfInspector } from '../src/documents/pdf-inspection.js';

const MEGABYTE = 1024 * 1024;
const PLAIN = resolve(process.cwd(), 'test/pdf/plain-field.pdf-lib.pdf');
const BOMB = resolve(process.cwd(), 'test/pdf/bomb-without-cross-references.by-hand.pdf');
const program = (name: string): string => join(__dirname, 'inspection-programs', `${name}.js`);
const folder = mkdtempSync(join(tmpdir(), 'pdf-inspection-process-'));
const endless = join(folder, 'endless.pdf');

beforeAll(() => {
  // Every stream is looked through to the end of the file for an end that is not there: hours, without much memory.
  writeFileSync(endless, `%PDF-1.7\n${'1 0 obj<<>>stream\n'.repeat(60_000)}startxref\n0\n%%EOF\n`);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Waits for something to come about; the test's own time limit is the only one. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}

/** A hanging inspection, and the id of its process. */
async function hanging(
  name: string,
  signal: AbortSignal,
): Promise<{ verdict: Promise<unknown>; pid: number }> {
  const path = join(folder, name);
  const verdict = createPdfInspector({ program: program('hangs') }).inspect(path, signal);
  await until(() => existsSync(path) && readFileSync(path, 'utf8') !== '');
  return { verdict, pid: Number(readFileSync(path, 'utf8')) };
}

test('a decompression bomb ends its own process at the memory limit', async () => {
  const inspector = createPdfInspector({ limits: { memoryBytes: 200 * MEGABYTE } });
  const problem = expect.stringMatching(/^could not be inspected within 200 MB of memory/) as unknown;
  await expect(inspector.inspect(BOMB)).resolves.toEqual({ ok: false, problem });
});

test('a file that keeps the parser busy for hours ends at the time limit', async () => {
  const inspector = createPdfInspector({ limits: { seconds: 0.5 } });
  const problem = expect.stringMatching(/^could not be inspected within 0.5 seconds/) as unknown;
  await expect(inspector.inspect(endless)).resolves.toEqual({ ok: false, problem });
});

test('the time limit leaves no process behind', async () => {
  const path = join(folder, 'late');
  await createPdfInspector({ limits: { seconds: 1 }, program: program('hangs') }).inspect(path);
  expect(isRunning(Number(readFileSync(path, 'utf8')))).toBe(false);
});

test('an aborted inspection rejects with the reason of the signal and leaves no process behind', async () => {
  const abort = new AbortController();
  const { verdict, pid } = await hanging('aborted', abort.signal);
  expect(isRunning(pid)).toBe(true);
  abort.abort(new Error('the activity was cancelled'));
  await expect(verdict).rejects.toThrow('the activity was cancelled');
  expect(isRunning(pid)).toBe(false);
});

test('an inspection whose asker is killed ends, although its file would keep it busy for hours', async () => {
  const asker = fork(program('asks-and-waits'));
  asker.send(endless);
  const pid = await answerOf(asker);
  expect(isRunning(pid)).toBe(true);
  asker.kill('SIGKILL');
  await until(() => !isRunning(pid));
});

async function answerOf(child: ChildProcess): Promise<number> {
  const [pid] = (await once(child, 'message')) as [number];
  return pid;
}

test('the inspecting process knows nothing of the environment, keys included', async () => {
  process.env['FLEXPERTO_API_KEY'] = 'a-key-for-this-test';
  const verdict = await createPdfInspector({ program: program('reports-environment') }).inspect(PLAIN);
  delete process.env['FLEXPERTO_API_KEY'];
  expect(verdict).toMatchObject({ ok: false });
  const environment = JSON.parse('problem' in verdict ? verdict.problem : '') as Record<string, string>;
  const allowed = new Set(['LD_LIBRARY_PATH', 'SystemRoot']);
  expect(Object.keys(environment).filter((name) => !allowed.has(name))).toEqual([]);
});

test.each([
  ['exit', /^could not be inspected: it makes the inspection fail$/],
  ['abort', /^could not be inspected within 512 MB of memory/],
])('a process that ends by %s without an answer is a verdict, not a crash', async (way, problem) => {
  const verdict = await createPdfInspector({ program: program('ends-early') }).inspect(way);
  expect(verdict).toEqual({ ok: false, problem: expect.stringMatching(problem) as unknown });
});

describe('A process that has inspected a file before', () => {
  const counted = (name: string) => createPdfInspector({ atOnce: 1, program: program(name) });

  it('inspects the next one too', async () => {
    const inspector = counted('counts-and-names-itself');
    const verdicts = [await inspector.inspect('first'), await inspector.inspect('second')];
    const pids = verdicts.map((verdict) => ('problem' in verdict ? verdict.problem : ''));
    expect(pids[0]).toMatch(/^1 of \d+$/);
    expect(pids[1]).toBe(String(pids[0]).replace('1 of', '2 of'));
  });

  it('is followed by a fresh one when it says that it ends', async () => {
    const inspector = counted('counts-and-names-itself');
    const [first, second] = [await inspector.inspect('last'), await inspector.inspect('second')];
    expect([first, second]).toEqual([
      { ok: false, problem: expect.stringMatching(/^1 of /) as unknown },
      { ok: false, problem: expect.stringMatching(/^1 of /) as unknown },
    ]);
    expect(first).not.toEqual(second);
  });

  it.each(['exit', 'abort'])(
    'and ends by %s gives the file to a fresh one, whose word counts',
    async (way) => {
      const inspector = counted('counts-and-names-itself');
      await inspector.inspect('first');
      const problem = expect.stringMatching(/^1 of /) as unknown;
      await expect(inspector.inspect(`${way}-unless-fresh`)).resolves.toEqual({ ok: false, problem });
    },
  );

  it('finds the same after a file that took much memory', async () => {
    const inspector = createPdfInspector({ atOnce: 1, limits: { memoryBytes: 200 * MEGABYTE } });
    await inspector.inspect(BOMB);
    await expect(inspector.inspect(PLAIN)).resolves.toMatchObject({ ok: true });
  });
});

test('while one inspection is stuck, the asker goes on and another one ends', async () => {
  const inspector = createPdfInspector({ atOnce: 2 });
  const abort = new AbortController();
  const stuck = inspector.inspect(endless, abort.signal);
  await expect(inspector.inspect(PLAIN)).resolves.toMatchObject({ ok: true });
  abort.abort(new Error('enough'));
  await expect(stuck).rejects.toThrow('enough');
});

test('an inspection beyond those allowed at once waits, and may be aborted while it waits', async () => {
  const inspector = createPdfInspector({ atOnce: 1 });
  const [first, second] = [new AbortController(), new AbortController()];
  const stuck = inspector.inspect(endless, first.signal);
  const waiting = inspector.inspect(PLAIN, second.signal);
  const next = inspector.inspect(PLAIN);
  second.abort(new Error('no longer needed'));
  await expect(waiting).rejects.toThrow('no longer needed');
  first.abort(new Error('enough'));
  await expect(stuck).rejects.toThrow('enough');
  await expect(next).resolves.toMatchObject({ ok: true });
});

test('a signal that is aborted already starts nothing', async () => {
  const signal = AbortSignal.abort(new Error('too late'));
  await expect(createPdfInspector().inspect(PLAIN, signal)).rejects.toThrow('too late');
});
