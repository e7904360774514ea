import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findInspectionProcesses, isRunning, sendSignal } from '../support/inspection-processes.js';
import { type RealEnvironment, useRealEnvironments } from '../support/real-environment.js';
import type { Signing } from '../support/signing.js';

const createEnvironment = useRealEnvironments();
const PAGES = 200_000;

/** One signature field on the last of very many pages, so that its inspection takes a while. */
function createLongPdf(comment: string): string {
  const pages = Array.from({ length: PAGES }, () => '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>');
  const objects = [
    '<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[3 0 R]/SigFlags 1>>>>',
    `<</Type/Pages/Count ${PAGES}/Kids[${pages.map((_, index) => `${index + 4} 0 R`).join(' ')}]>>`,
    '<</FT/Sig/T(a)/Type/Annot/Subtype/Widget/Rect[72 100 272 160]/P 4 0 R>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Annots[3 0 R]>>',
    ...pages.slice(1),
  ];
  const offsets: number[] = [];
  let length = 0;
  const parts = [`%PDF-1.7\n%${comment}\n`];
  objects.forEach((object, index) => {
    length += parts.at(-1)?.length ?? 0;
    offsets.push(length);
    parts.push(`${index + 1} 0 obj\n${object}\nendobj\n`);
  });
  length += parts.at(-1)?.length ?? 0;
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  const table = `xref\n0 ${size}\n0000000000 65535 f \n${rows}trailer\n<</Size ${size}/Root 1 0 R>>\n`;
  return `${parts.join('')}${table}startxref\n${length}\n%%EOF\n`;
}

const running: ChildProcess[] = [];
afterEach(() => {
  for (const worker of running.splice(0)) worker.kill('SIGKILL');
});

/** A worker that leads a process group, as under a service manager. */
async function startWorkerGroup(environment: RealEnvironment): Promise<ChildProcess> {
  const cwd = resolve('dist');
  const env = { PATH: process.env['PATH'], HOME: cwd, ...environment.env };
  const worker = spawn(process.execPath, [resolve('dist/src/worker.js')], {
    cwd, env, detached: true, stdio: ['ignore', 'pipe', 'ignore'],
  }); // prettier-ignore
  running.push(worker);
  let output = '';
  worker.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  while (!output.includes('"worker ready"')) await sleep(50);
  return worker;
}

async function waitForInspections(worker: ChildProcess): Promise<number[]> {
  for (;;) {
    const found = findInspectionProcesses(worker.pid);
    if (found.length > 0) return found;
    await sleep(20);
  }
}

/** A signing whose documents a worker is inspecting. */
async function startInspection(): Promise<{
  environment: RealEnvironment;
  worker: ChildProcess;
  signing: Signing;
}> {
  const environment = await createEnvironment();
  for (const name of ['a', 'b']) await writeFile(join(environment.root, `${name}.pdf`), createLongPdf(name));
  const worker = await startWorkerGroup(environment);
  const documents = [{ source: 'file:a.pdf' }, { source: 'file:b.pdf' }];
  return { environment, worker, signing: await environment.start({ documents }) };
}

describe('A signing goes on if, during the inspection of its documents,', () => {
  it('SIGTERM reaches every process of its worker', async () => {
    const { environment, worker, signing } = await startInspection();
    const pids = await waitForInspections(worker);
    // The first signal comes while Node starts, the second one while the file is read.
    for (const pause of [0, 300]) {
      await sleep(pause);
      for (const pid of [...pids, ...findInspectionProcesses(worker.pid)]) sendSignal(pid, 'SIGTERM');
    }
    process.kill(-Number(worker.pid), 'SIGTERM');
    await once(worker, 'exit');
    await environment.startWorker();
    await signing.untilState('awaiting-handover');
  }, 120_000);

  it('the system kills the inspection process, as it does when memory is short', async () => {
    const { worker, signing } = await startInspection();
    for (const pid of await waitForInspections(worker)) sendSignal(pid, 'SIGKILL');
    await sleep(300);
    for (const pid of findInspectionProcesses(worker.pid)) sendSignal(pid, 'SIGKILL');
    await signing.untilState('awaiting-handover');
  }, 120_000);

  it('its worker and the whole process group are killed: the inspection ends too, and the next worker repeats it', async () => {
    const { environment, worker, signing } = await startInspection();
    const pids = await waitForInspections(worker);
    process.kill(-Number(worker.pid), 'SIGKILL');
    while (pids.some(isRunning)) await sleep(20);
    await environment.startWorker();
    await signing.untilState('awaiting-handover');
  }, 150_000);
});
