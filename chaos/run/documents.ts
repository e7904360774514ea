import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { SigningPlan } from '../plan/signing.js';

const EXAMPLES = path.resolve(__dirname, '../../../examples');
const STARTXREF = 'startxref';

/** Two signable PDFs of different producers; with another comment in it, each copy is another document. */
const TEMPLATES = ['contract.pdf', 'terms.pdf'].map((name) => readFileSync(path.join(EXAMPLES, name)));

/**
 * Writes the documents of a session into a folder of its own below the document root, no two of a run with the same bytes.
 * Returns their SHA-256 in the request's order.
 */
export function writeDocuments(root: string, { requestId, documents }: SigningPlan): string[] {
  const folder = path.join(root, requestId);
  mkdirSync(folder, { recursive: true });
  return documents.map((name, index) => {
    const bytes = addComment(TEMPLATES[index % TEMPLATES.length], `${requestId}/${name}`);
    writeFileSync(path.join(folder, name), bytes);
    return createHash('sha256').update(bytes).digest('hex');
  });
}

/** A comment in front of the file's end moves nothing that its cross-references point to. */
function addComment(pdf = Buffer.alloc(0), comment: string): Buffer {
  const end = pdf.lastIndexOf(STARTXREF);
  return Buffer.concat([pdf.subarray(0, end), Buffer.from(`% ${comment}\n`), pdf.subarray(end)]);
}
