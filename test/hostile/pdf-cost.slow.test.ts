import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { INSPECTION_PROGRAM } from '../../src/pdf/inspection-child.js';
import { INSPECTION_LIMITS } from '../../src/pdf/inspector.js';
import type { InspectionAnswer } from '../../src/pdf/verdict.js';
import { COSTLY_PDFS } from './costly-pdfs.js';
import { COSTLY_SMALL_PDFS } from './costly-small-pdfs.js';

const MEGABYTE = 1024 * 1024;
/** The limit of processor time for a file of up to a megabyte, which does not depend on the load of the machine. */
const LIMITS = { ...INSPECTION_LIMITS, seconds: 2 };

const folder = mkdtempSync(join(tmpdir(), 'pdf-cost-'));
const path = join(folder, 'costly.pdf');

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The last answer of a new inspection process, and its highest observed memory. */
async function inspect(): Promise<{ answer: InspectionAnswer; peakBytes: number }> {
  const child = fork(INSPECTION_PROGRAM, [], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [] });
  let peakBytes = 0;
  const poll = setInterval(() => (peakBytes = Math.max(peakBytes, peakOf(child.pid))), 5);
  const answer = await new Promise<InspectionAnswer>((resolve) => {
    child.on('message', (given: InspectionAnswer) => {
      if (given.kind === 'content') child.send({ kind: 'inspect', limits: LIMITS });
      else resolve(given);
    });
    child.send({ kind: 'read', path, limits: LIMITS });
  });
  peakBytes = Math.max(peakBytes, peakOf(child.pid));
  clearInterval(poll);
  child.kill('SIGKILL');
  return { answer, peakBytes };
}

/** The peak memory of a process; 0 where the process is gone. */
function peakOf(pid: number | undefined): number {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}

const small = Object.entries({ ...COSTLY_PDFS, ...COSTLY_SMALL_PDFS });

describe('A PDF of up to a megabyte costs less than 2 s and 200 MB:', () => {
  it.each(small)('%s', async (_, make) => {
    const pdf = make();
    if (pdf.length > 1.1 * MEGABYTE) return;
    writeFileSync(path, pdf);
    const { answer, peakBytes } = await inspect();
    expect(answer).not.toMatchObject({ limit: 'seconds' });
    expect(peakBytes).toBeGreaterThan(0);
    expect(peakBytes).toBeLessThan(200 * MEGABYTE);
  });
});
