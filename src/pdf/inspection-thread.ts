import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import { MAX_TOTAL_BYTES } from '../domain/request.js';
import { readPdf } from './read-pdf.js';
import type { InspectionJob, InspectionResult, PdfVerdict } from './verdict.js';

/** Runs in a thread of the inspection process. Reads the file once, and takes everything from those bytes. */
async function handleJob(job: InspectionJob): Promise<InspectionResult> {
  const { bytes, sha256 } = content;
  content = NO_CONTENT;
  if (job.kind === 'inspect') return { kind: 'verdict', verdict: inspectContent(bytes, sha256) };
  try {
    const read = await readContent(job.path);
    if (read === undefined) return { kind: 'verdict', verdict: TOO_LARGE };
    content = { bytes: read, sha256: createHash('sha256').update(read).digest('hex') };
    return { kind: 'content', sha256: content.sha256 };
  } catch (error) {
    return { kind: 'unreadable-file', code: codeOf(error) };
  }
}

const NO_CONTENT: { readonly bytes: Buffer; readonly sha256: string } = {
  bytes: Buffer.alloc(0),
  sha256: '',
};

/** The content that the last job has read. */
let content = NO_CONTENT;

const TOO_LARGE: PdfVerdict = {
  ok: false,
  problem: `is larger than the ${MAX_TOTAL_BYTES / 1_000_000} MB that all documents together may have`,
};

/** `undefined` if the file is larger than any document may be. */
async function readContent(path: string): Promise<Buffer | undefined> {
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

function inspectContent(bytes: Buffer, sha256: string): PdfVerdict {
  const reading = readPdf(bytes);
  if ('problem' in reading) return { ok: false, problem: reading.problem };
  return { ok: true, inspection: { bytes: bytes.length, sha256, ...reading } };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}

// Damaged files throw many errors that nobody reads, and the stack is nearly all of an error's cost.
Error.stackTraceLimit = 0;

parentPort?.on('message', (job: InspectionJob) => {
  void handleJob(job).then((reply) => {
    parentPort?.postMessage(reply);
  });
});
