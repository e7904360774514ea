import { PDFDocument, PDFName, PDFString } from '@cantoo/pdf-lib';
import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InspectedDocument } from '../../src/documents/check-request.js';

export const MEBIBYTE = 1024 * 1024;
/** The unit of the vendor's limit. */
export const MEGABYTE = 1_000_000;

/** Bytes of a PDF beside its incompressible stream, rounded up. */
const OVERHEAD = 4096;

/** Creates `count` PDFs of `bytes` in total. */
export async function createDocuments(
  folder: string,
  { count, bytes }: { readonly count: number; readonly bytes: number },
): Promise<readonly InspectedDocument[]> {
  const documents: InspectedDocument[] = [];
  for (let number = 1; number <= count; number += 1) {
    documents.push(
      await createDocument(folder, `${count}-of-${bytes}-${number}.pdf`, Math.floor(bytes / count)),
    );
  }
  return documents;
}

/** Writes a PDF with a signature field, of `bytes` or slightly less, into a document root. */
export async function createDocument(
  folder: string,
  name: string,
  bytes: number,
): Promise<InspectedDocument> {
  const pdf = await createSignablePdf(bytes - OVERHEAD);
  await writeFile(join(folder, name), pdf);
  const sha256 = createHash('sha256').update(pdf).digest('hex');
  return {
    source: `file:${name}`,
    name,
    signatureFields: 'required',
    bytes: pdf.length,
    sha256,
    pages: 1,
    fields: 1,
    warnings: [],
  };
}

async function createSignablePdf(bytes: number): Promise<Uint8Array> {
  const pdf = await PDFDocument.create();
  const page = pdf.addPage([595, 842]);
  const { context } = pdf;
  const field = context.register(
    context.obj({
      Type: 'Annot',
      Subtype: 'Widget',
      FT: 'Sig',
      T: PDFString.of('signature'),
      Rect: [72, 100, 272, 160],
      P: page.ref,
    }),
  );
  page.node.addAnnot(field);
  pdf.catalog.set(PDFName.of('AcroForm'), context.register(context.obj({ Fields: [field], SigFlags: 1 })));
  pdf.catalog.set(PDFName.of('Scan'), context.register(context.stream(randomBytes(bytes))));
  return pdf.save({ useObjectStreams: false, updateFieldAppearances: false });
}
