import { PdfDamaged, PdfRefused } from './pdf-problems.js';

/** Readers accept the header anywhere in the first KiB, since mail gateways put lines before it. */
const HEADER_WITHIN = 1024;
const END_MARK = '%%EOF';
/** White space of the PDF syntax, and Ctrl-Z, which old tools append. */
const PADDING = new Set([0x00, 0x09, 0x0a, 0x0c, 0x0d, 0x1a, 0x20]);

/**
 * Looks at both ends of the file.
 * @throws {PdfRefused} if it is not a PDF
 * @throws {PdfDamaged} if its end is missing. An interrupted download of a file with several revisions still ends in a
 * complete older one, in which fields may be other than in the file that was meant: so nothing but padding may follow
 * the last end mark, and a linearized file, whose first end mark stands near its beginning, must have its full length.
 */
export function checkEnds(bytes: Buffer): void {
  if (bytes.length === 0) throw new PdfRefused('is empty');
  const head = bytes.subarray(0, HEADER_WITHIN).toString('latin1');
  if (!head.includes('%PDF-')) throw new PdfRefused('is not a PDF');
  const mark = bytes.lastIndexOf(END_MARK);
  if (mark === -1) throw new PdfDamaged('its end is missing');
  if (!isPadding(bytes, mark + END_MARK.length)) {
    throw new PdfDamaged('its last revision is cut off, or something was appended to it');
  }
  const length = /\/Linearized\b[^>]*\/L\s+(\d+)/.exec(head)?.[1];
  if (length !== undefined && Number(length) > bytes.length) throw new PdfDamaged('its end is missing');
}

function isPadding(bytes: Buffer, from: number): boolean {
  for (let place = from; place < bytes.length; place += 1) {
    if (!PADDING.has(bytes[place] ?? 0)) return false;
  }
  return true;
}
