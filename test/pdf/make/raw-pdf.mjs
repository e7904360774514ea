import { Buffer } from 'node:buffer';
import { deflateSync } from 'node:zlib';

/** One revision, written byte by byte: `objects` maps object numbers to their text or bytes; number 1 is the catalog. */
export function rawPdf(objects, { header = '%PDF-1.7\n', shift = 0, trailer = '' } = {}) {
  const parts = [Buffer.from(header, 'latin1')];
  const offsets = new Map();
  let length = parts[0].length;
  const add = (part) => {
    parts.push(part);
    length += part.length;
  };
  for (const [number, body] of Object.entries(objects)) {
    offsets.set(Number(number), length + shift);
    add(Buffer.concat([Buffer.from(`${number} 0 obj\n`), Buffer.from(body), Buffer.from('\nendobj\n')]));
  }
  const start = length;
  add(Buffer.from(table(offsets) + `trailer\n<< /Size ${size(offsets)} /Root 1 0 R ${trailer} >>\n`));
  add(Buffer.from(`startxref\n${start}\n%%EOF\n`));
  return Buffer.concat(parts);
}

const size = (offsets) => [...offsets.keys()].reduce((a, b) => Math.max(a, b)) + 1;

function table(offsets) {
  const lines = ['0000000000 65535 f '];
  const end = size(offsets);
  for (let number = 1; number < end; number += 1) {
    const offset = offsets.get(number);
    lines.push(offset === undefined ? '0000000000 00000 f ' : `${String(offset).padStart(10, '0')} 00000 n `);
  }
  return `xref\n0 ${lines.length}\n${lines.join('\n')}\n`;
}

/** A stream object: its dictionary without /Length, and its bytes. */
export function stream(dictionary, bytes) {
  const data = Buffer.from(bytes);
  return Buffer.concat([
    Buffer.from(`<< ${dictionary} /Length ${data.length} >>\nstream\n`),
    data,
    Buffer.from('\nendstream'),
  ]);
}

/** Catalog, one page, and a form with `fields` (text of the /Fields array): what most of the files vary. */
export function onePage(fields, more = {}) {
  return {
    1: `<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [${fields}] /SigFlags 1 >> >>`,
    2: '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    3: '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>',
    ...more,
  };
}

export const signatureField =
  '<< /FT /Sig /T (signature) /Type /Annot /Subtype /Widget /Rect [72 100 272 160] /P 3 0 R >>';

/**
 * The same with cross-reference stream and object stream, both deflated: object `inside` (unless given, a stream of all
 * objects) holds them in the order of their numbers, 1 to n.
 */
export function compressedPdf(objects, { inside = objectStream(objects), references } = {}) {
  const count = Object.keys(objects).length;
  const header = Buffer.from('%PDF-1.7\n');
  const holder = Buffer.concat([Buffer.from(`${count + 1} 0 obj\n`), inside, Buffer.from('\nendobj\n')]);
  const rows = [row(0, 0, 0)];
  for (let index = 0; index < count; index += 1) rows.push(row(2, count + 1, index));
  rows.push(row(1, header.length, 0));
  const dictionary = `/Type /XRef /Size ${count + 2} /W [1 4 2] /Root 1 0 R`;
  const index = references ?? stream(`${dictionary} /Filter /FlateDecode`, deflateSync(Buffer.concat(rows)));
  const start = header.length + holder.length;
  const end = Buffer.from(`\nendobj\nstartxref\n${start}\n%%EOF\n`);
  return Buffer.concat([header, holder, Buffer.from(`${count + 2} 0 obj\n`), index, end]);
}

function row(type, offset, index) {
  const bytes = Buffer.alloc(7);
  bytes.writeUInt8(type, 0);
  bytes.writeUInt32BE(offset, 1);
  bytes.writeUInt16BE(index, 5);
  return bytes;
}

function objectStream(objects) {
  const pairs = [];
  let bodies = '';
  for (const [number, body] of Object.entries(objects)) {
    pairs.push(`${number} ${bodies.length}`);
    bodies += `${body}\n`;
  }
  const head = `${pairs.join(' ')}\n`;
  const dictionary = `/Type /ObjStm /N ${pairs.length} /First ${head.length} /Filter /FlateDecode`;
  return stream(dictionary, deflateSync(head + bodies, { level: 9 }));
}
