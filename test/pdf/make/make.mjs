// Makes the test PDFs of pdf-lib, libpdf and qpdf, and those written byte by byte. Run: node test/pdf/make/make.mjs
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { damaged } from './damaged.mjs';
import { hostile } from './hostile.mjs';
import { signing } from './signing.mjs';
import { withLibpdf } from './with-libpdf.mjs';
import { withPdfLib } from './with-pdf-lib.mjs';
import { withQpdf } from './with-qpdf.mjs';

const folder = dirname(dirname(fileURLToPath(import.meta.url)));

async function write(producer, files) {
  for (const [name, bytes] of Object.entries(files)) {
    writeFileSync(join(folder, `${name}.${producer}.pdf`), await bytes);
  }
}

await write('pdf-lib', withPdfLib());
await write('libpdf', withLibpdf());
await write('by-hand', damaged());
await write('by-hand', hostile());
await write('by-hand', signing());
await write('qpdf', withQpdf(folder));
