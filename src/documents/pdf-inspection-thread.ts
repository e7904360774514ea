import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import { MAX_TOTAL_BYTES } from '../domain/limits.js';
import { contentMacOf } from './content-mac.js';
import type { InspectionJob, Reply } from './pdf-inspection-messages.js';
import { readPdf } from './pdf-reading.js';
import type { PdfVerdict } from './pdf-verdict.js';

/** The thread of the inspection process that does the work: reads the file once, and takes everything from those bytes. */
async function answer(job: InspectionJob): Promise<Reply> {
  const { bytes, sha256 } = content;
  content = NOTHING;
  if (job.kind === 'inspect') return { kind: 'verdict', verdict: verdictOn(bytes, sha256) };
  try {
    const read = await contentOf(job.path);
    if (read === undefined) return { kind: 'verdict', verdict: tooLarge };
    content = { bytes: read, sha256: createHash('sha256').update(read).digest('hex') };
    return { kind: 'content', sha256: content.sha256 };
  } catch (error) {
    return { kind: 'unreadable-file', code: codeOf(error) };
  }
}

const NOTHING: { readonly bytes: Buffer; readonly sha256: string } = { bytes: Buffer.alloc(0), sha256: '' };

/** What the last job has read. */
let content = NOTHING;

const tooLarge: PdfVerdict = {
  ok: false,
  problem: `is larger than the ${MAX_TOTAL_BYTES / 1_000_000} MB that all documents together may have`,
};

/** Undefined where the file is larger than any document may be. */
async function contentOf(path: string): Promise<Buffer | undefined> {
  const file = await open(path);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw Object.assign(new Error(), { code: 'not a file' });
    if (stats.size > MAX_TOTAL_BYTES) return undefined;
    return await file.readFile();
  } finally {
    await file.close();
  }
}

function verdictOn(bytes: Buffer, sha256: string): PdfVerdict {
  const reading = readPdf(bytes);
  if ('problem' in reading) return { ok: false, problem: reading.problem };
  return { ok: true, inspection: { bytes: bytes.length, sha256, mac: contentMacOf(bytes), ...reading } };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}

// Damaged files throw many errors that nobody reads: a stack is nearly all that one costs.
Error.stackTraceLimit = 0;

parentPort?.on('message', (job: InspectionJob) => {
  void answer(job).then((reply) => {
    parentPort?.postMessage(reply);
  });
});
