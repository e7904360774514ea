import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { SigningPlan } from '../plan/signing.js';

const EXAMPLES = path.resolve(__dirname, '../../../examples');
const STARTXREF = 'startxref';

/** Two signable PDFs of different producers; a comment makes each copy a different document. */
const TEMPLATES = ['contract.pdf', 'terms.pdf'].map((name) => readFileSync(path.join(EXAMPLES, name)));

/**
 * Writes the documents of a signing into a separate folder below the document root; no two of a run have the same bytes.
 * Returns their SHA-256 in the order of the request.
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

/** Puts the comment before `startxref`, where it moves nothing that the cross-references point to. */
function addComment(pdf = Buffer.alloc(0), comment: string): Buffer {
  const end = pdf.lastIndexOf(STARTXREF);
  return Buffer.concat([pdf.subarray(0, end), Buffer.from(`% ${comment}\n`), pdf.subarray(end)]);
}
