import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPdfInspector } from '../../src/pdf/inspector.js';
import type { PdfVerdict } from '../../src/pdf/verdict.js';
import { COSTLY_PDFS } from './costly-pdfs.js';
import { CORPUS, arbitraryMutatedPdf } from './mutated-pdfs.js';
import { measureGrowth, measureRetained, runOptions, timeLimitMs } from './property-runs.js';
import { arbitraryStreamPdf } from './stream-pdfs.js';

const MEGABYTE = 1024 * 1024;
/** Lower limits than in production, so that a file that reaches one does not take half a minute. */
const LIMITS = { seconds: 1.5, memoryBytes: 256 * MEGABYTE };

const folder = mkdtempSync(join(tmpdir(), 'hostile-pdf-'));
const inspector = createPdfInspector({ limits: LIMITS });
let files = 0;

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function inspect(pdf: Uint8Array, by = inspector): Promise<PdfVerdict> {
  files += 1;
  const path = join(folder, `${files % 8}.pdf`);
  writeFileSync(path, pdf);
  return by.inspect(path);
}

/** Expects facts that can be true of these bytes, or one sentence, and never a crashed process. */
function expectValidVerdict(verdict: PdfVerdict, pdf: Uint8Array): void {
  if (!verdict.ok) {
    expect(verdict.problem).toMatch(/^(is|has|could not be inspected)\b.{5,200}$/);
    expect(verdict.problem).not.toContain('makes the inspection fail');
    return;
  }
  const { bytes, sha256, pages, fields, signedFields } = verdict.inspection;
  expect({ bytes, sha256 }).toEqual({
    bytes: pdf.length,
    sha256: createHash('sha256').update(pdf).digest('hex'),
  });
  for (const count of [pages, fields, signedFields]) expect(Number.isSafeInteger(count)).toBe(true);
  expect(pages).toBeGreaterThan(0);
  expect(signedFields).toBeGreaterThanOrEqual(0);
  expect(fields).toBeGreaterThanOrEqual(signedFields);
}

const assertValidVerdicts = (pdfs: fc.Arbitrary<Buffer>, runs: number): Promise<void> =>
  fc.assert(
    fc.asyncProperty(pdfs, async (pdf) => {
      expectValidVerdict(await inspect(pdf), pdf);
    }),
    runOptions(runs),
  );

it(
  'A PDF that is damaged by chance or on purpose gets a verdict, and this process does not grow',
  async () => {
    // The first inspections load code that later ones use.
    for (const pdf of CORPUS) await inspect(pdf);
    expect(await measureRetained(() => assertValidVerdicts(arbitraryMutatedPdf, 600))).toBeLessThan(
      16 * MEGABYTE,
    );
  },
  timeLimitMs(120),
);

it('A PDF with arbitrary packed cross-references and objects gets a verdict', () =>
  assertValidVerdicts(arbitraryStreamPdf, 150), timeLimitMs(60)); // prettier-ignore

it('A PDF that is noise between a header and an end gets a verdict', () => {
  const noise = fc.uint8Array({ maxLength: 3000 });
  return assertValidVerdicts(noise.map((bytes) => Buffer.concat([Buffer.from('%PDF-1.7\n'), bytes, Buffer.from('\n%%EOF')])), 100);
}, timeLimitMs(60)); // prettier-ignore

it('The verdict on a PDF does not depend on PDFs that were inspected before', () => {
  // The default limits, so that a busy machine does not reach one.
  const used = createPdfInspector();
  return fc.assert(
    fc.asyncProperty(arbitraryMutatedPdf, async (pdf) => {
      const fresh = await inspect(pdf, createPdfInspector());
      expect(fresh).toEqual(await inspect(pdf, used));
    }),
    runOptions(10),
  );
}, timeLimitMs(60)); // prettier-ignore

describe('A PDF that is made to cost time and memory gets a verdict within the bounds of an inspection:', () => {
  it.each(Object.entries(COSTLY_PDFS))('%s', async (_, make) => {
    const pdf = make();
    const grown = await measureGrowth(async () => {
      expectValidVerdict(await inspect(pdf), pdf);
    });
    expect(grown).toBeLessThan(64 * MEGABYTE);
  });
});
