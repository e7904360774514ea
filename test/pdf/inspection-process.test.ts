import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InspectionInterruptedError, createPdfInspector } from '../../src/pdf/inspector.js';
import { isRunning } from '../support/inspection-processes.js';

const MEGABYTE = 1024 * 1024;
const PLAIN = resolve(process.cwd(), 'test/pdf/plain-field.pdf-lib.pdf');
const BOMB = resolve(process.cwd(), 'test/pdf/bomb-without-cross-references.by-hand.pdf');
const program = (name: string): string => join(__dirname, 'inspection-programs', `${name}.js`);
const folder = mkdtempSync(join(tmpdir(), 'pdf-inspection-process-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Waits for a condition. Only the time limit of the test ends the wait. */
async function waitUntil(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}

/** The id of the inspection process. The busy programs write it into the inspected file. */
async function readPid(path: string): Promise<number> {
  await waitUntil(() => existsSync(path) && readFileSync(path, 'utf8') !== '');
  return Number(readFileSync(path, 'utf8'));
}

/** An endless inspection, and the id of its process. */
async function startBusyInspection(
  name: string,
  signal: AbortSignal,
): Promise<{ verdict: Promise<unknown>; pid: number }> {
  const path = join(folder, name);
  const verdict = createPdfInspector({ program: program('busy') }).inspect(path, { signal });
  return { verdict, pid: await readPid(path) };
}

describe('The cost of a file is a verdict:', () => {
  it.each(['buffers', 'objects'])('memory for %s ends at the memory limit', async (kind) => {
    const limits = { memoryBytes: 150 * MEGABYTE };
    const inspector = createPdfInspector({ limits, program: program('allocates') });
    const problem = expect.stringMatching(/^could not be inspected within 150 MB of memory/) as unknown;
    await expect(inspector.inspect(kind)).resolves.toEqual({ ok: false, problem });
  });

  it('processor time ends at the time limit, and leaves no process behind', async () => {
    const path = join(folder, 'late');
    const inspector = createPdfInspector({ limits: { seconds: 0.5 }, program: program('busy') });
    const problem = expect.stringMatching(/^could not be inspected within 0.5 seconds/) as unknown;
    await expect(inspector.inspect(path)).resolves.toEqual({ ok: false, problem });
    const pid = await readPid(path);
    await waitUntil(() => !isRunning(pid));
  });

  it('but the time of a pause does not count', async () => {
    const path = join(folder, 'paused');
    const abort = new AbortController();
    const limits = { seconds: 0.5 };
    const verdict = createPdfInspector({ limits, program: program('waits') }).inspect(path, {
      signal: abort.signal,
    });
    const pid = await readPid(path);
    process.kill(pid, 'SIGSTOP');
    await sleep(1000);
    process.kill(pid, 'SIGCONT');
    await expect(verdict).resolves.toMatchObject({ problem: 'was inspected' });
  });
});

test('an aborted inspection rejects with the reason of the signal and leaves no process behind', async () => {
  const abort = new AbortController();
  const { verdict, pid } = await startBusyInspection('aborted', abort.signal);
  expect(isRunning(pid)).toBe(true);
  abort.abort(new Error('the activity was cancelled'));
  await expect(verdict).rejects.toThrow('the activity was cancelled');
  expect(isRunning(pid)).toBe(false);
});

describe('A signal to the process group of the caller', () => {
  /** A caller in a separate process group, like a worker under a service manager, and its inspection process. */
  async function inGroup(name: string): Promise<{ asker: ChildProcess; pid: number }> {
    const path = join(folder, name);
    const asker = fork(program('asks-and-waits'), [path, program('busy')], { detached: true });
    return { asker, pid: await readPid(path) };
  }

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'does not interrupt the inspection (%s)',
    async (signal) => {
      const { asker, pid } = await inGroup(signal);
      process.kill(-Number(asker.pid), signal);
      // A service manager sends the signal to every process of every group.
      process.kill(pid, signal);
      await sleep(200);
      expect(isRunning(pid)).toBe(true);
      asker.kill('SIGKILL');
      await waitUntil(() => !isRunning(pid));
    },
  );

  it('that kills the caller ends the inspection, although its file would keep it busy forever', async () => {
    const { asker, pid } = await inGroup('SIGKILL');
    process.kill(-Number(asker.pid), 'SIGKILL');
    await waitUntil(() => !isRunning(pid));
  });
});

test('the inspection process gets no environment and therefore no key', async () => {
  process.env['FLEXPERTO_API_KEY'] = 'a-key-for-this-test';
  const verdict = await createPdfInspector({ program: program('reports-environment') }).inspect(PLAIN);
  delete process.env['FLEXPERTO_API_KEY'];
  expect(verdict).toMatchObject({ ok: false });
  const environment = JSON.parse('problem' in verdict ? verdict.problem : '') as Record<string, string>;
  const allowed = new Set(['LD_LIBRARY_PATH', 'SystemRoot']);
  expect(Object.keys(environment).filter((name) => !allowed.has(name))).toEqual([]);
});

describe('An inspection that ends from outside', () => {
  it.each([
    ['exit', 'its process ended with code 3'],
    ['abort', 'its process was ended by SIGABRT'],
    ['SIGKILL', 'its process was ended by SIGKILL'],
    ['SIGTERM', 'its process was ended by SIGTERM'],
  ])('by %s each time is an error that says so, and not a verdict', async (way, how) => {
    const verdict = createPdfInspector({ program: program('ends-early') }).inspect(way);
    await expect(verdict).rejects.toThrow(InspectionInterruptedError);
    await expect(verdict).rejects.toThrow(`interrupted 3 times: ${how}. This says nothing about the file.`);
  });

  it('is repeated, and that verdict counts', async () => {
    const path = join(folder, 'killed-twice');
    writeFileSync(path, '');
    const inspector = createPdfInspector({ program: program('killed-twice') });
    await expect(inspector.inspect(path)).resolves.toEqual({ ok: false, problem: 'was inspected' });
  });

  it('because no process can start is an error too, and does not end the caller', async () => {
    const [text] = (await once(fork(program('asks-without-node')), 'message')) as [string];
    expect(text).toContain('its process could not be started (ENOENT)');
  });
});

describe('A process that has inspected a file before', () => {
  const counted = (name: string) => createPdfInspector({ concurrency: 1, program: program(name) });

  it('inspects the next one too', async () => {
    const inspector = counted('counts-and-names-itself');
    const verdicts = [await inspector.inspect('first'), await inspector.inspect('second')];
    const pids = verdicts.map((verdict) => ('problem' in verdict ? verdict.problem : ''));
    expect(pids[0]).toMatch(/^1 of \d+$/);
    expect(pids[1]).toBe(String(pids[0]).replace('1 of', '2 of'));
  });

  it('is replaced when it announces its end', async () => {
    const inspector = counted('counts-and-names-itself');
    const [first, second] = [await inspector.inspect('last'), await inspector.inspect('second')];
    expect([first, second]).toEqual([
      { ok: false, problem: expect.stringMatching(/^1 of /) as unknown },
      { ok: false, problem: expect.stringMatching(/^1 of /) as unknown },
    ]);
    expect(first).not.toEqual(second);
  });

  it.each(['exit', 'abort', 'beyond-memory'])(
    'and ends by %s passes the file to a fresh one, whose verdict counts',
    async (way) => {
      const inspector = counted('counts-and-names-itself');
      await inspector.inspect('first');
      const problem = expect.stringMatching(/^1 of /) as unknown;
      await expect(inspector.inspect(`${way}-unless-fresh`)).resolves.toEqual({ ok: false, problem });
    },
  );

  it('gives the same verdict after a file that took much memory', async () => {
    const inspector = createPdfInspector({ concurrency: 1, limits: { memoryBytes: 200 * MEGABYTE } });
    await inspector.inspect(BOMB);
    await expect(inspector.inspect(PLAIN)).resolves.toMatchObject({ ok: true });
  });
});

test('while one inspection is stuck, the caller continues and another inspection ends', async () => {
  const inspector = createPdfInspector({ concurrency: 2, program: program('busy-unless-pdf') });
  const abort = new AbortController();
  const stuck = inspector.inspect(join(folder, 'stuck'), { signal: abort.signal });
  await expect(inspector.inspect(PLAIN)).resolves.toMatchObject({ problem: 'was inspected' });
  abort.abort(new Error('enough'));
  await expect(stuck).rejects.toThrow('enough');
});

test('an inspection beyond the concurrency limit waits, and can be aborted while it waits', async () => {
  const inspector = createPdfInspector({ concurrency: 1, program: program('busy-unless-pdf') });
  const [first, second] = [new AbortController(), new AbortController()];
  const stuck = inspector.inspect(join(folder, 'stuck'), { signal: first.signal });
  const waiting = inspector.inspect(PLAIN, { signal: second.signal });
  const next = inspector.inspect(PLAIN);
  second.abort(new Error('no longer needed'));
  await expect(waiting).rejects.toThrow('no longer needed');
  first.abort(new Error('enough'));
  await expect(stuck).rejects.toThrow('enough');
  await expect(next).resolves.toMatchObject({ problem: 'was inspected' });
});

test('an aborted signal starts no inspection', async () => {
  const signal = AbortSignal.abort(new Error('too late'));
  await expect(createPdfInspector().inspect(PLAIN, { signal })).rejects.toThrow('too late');
});
