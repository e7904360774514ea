import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { PDFDocument } from '@cantoo/pdf-lib';

/** Writes the example contract, signature field included, made as large as wanted by an attachment inside the PDF. */
export async function writeLargePdf(path: string, bytes: number): Promise<void> {
  const pdf = await PDFDocument.load(await readFile(resolve('examples/contract.pdf')));
  await pdf.attach(randomBytes(bytes), 'appendix.bin', { mimeType: 'application/octet-stream' });
  await writeFile(path, await pdf.save());
}
