import { PdfDamaged, PdfRefused } from './pdf-problems.js';

/** Readers accept the header anywhere in the first KiB, since mail gateways put lines before it. */
const HEADER_WITHIN = 1024;
const END_MARK = '%%EOF';

/** What a further revision has and nothing else needs. */
const WORDS_OF_A_REVISION = ['obj', 'xref', 'trailer'];

/** A further revision that is cut off before its first `obj` is whole. */
const BEGINNING_OF_OBJECT = /^[\s\0]*\d+(\s+(\d+(\s+o?b?)?)?)?$/;

/**
 * Looks at both ends of the file, and returns where it ends: behind its last end mark.
 * @throws {PdfRefused} if it is not a PDF
 * @throws {PdfDamaged} if its end is missing. An interrupted download of a file with several revisions still ends in a
 * complete older one, in which fields may be other than in the file that was meant: so nothing of a revision may follow
 * the last end mark, and a linearized file, whose first end mark stands near its beginning, must have its full length.
 * What else follows, such as a line of the server that sent the file, does no harm.
 */
export function checkEnds(bytes: Buffer): number {
  if (bytes.length === 0) throw new PdfRefused('is empty');
  const head = bytes.subarray(0, HEADER_WITHIN).toString('latin1');
  if (!head.includes('%PDF-')) throw new PdfRefused('is not a PDF');
  const mark = bytes.lastIndexOf(END_MARK);
  if (mark === -1) throw new PdfDamaged('its end is missing');
  const end = mark + END_MARK.length;
  if (isCutOff(bytes.subarray(end))) {
    throw new PdfDamaged('its last revision is cut off, or something was appended to it');
  }
  const length = /\/Linearized\b[^>]*\/L\s+(\d+)/.exec(head)?.[1];
  if (length !== undefined && Number(length) > bytes.length) throw new PdfDamaged('its end is missing');
  return end;
}

function isCutOff(after: Buffer): boolean {
  if (WORDS_OF_A_REVISION.some((word) => after.includes(word))) return true;
  // Without `obj`, more than a few bytes are no beginning of an object, but for white space.
  return after.length < HEADER_WITHIN && BEGINNING_OF_OBJECT.test(after.toString('latin1'));
}
