import { Buffer } from 'node:buffer';
import { deflateRawSync, deflateSync } from 'node:zlib';
import { compressedPdf, onePage, rawPdf, signatureField, stream } from './raw-pdf.mjs';

const MIB = 1024 * 1024;

/** Zeros as a zlib stream, without ever holding them: one flushed MiB, repeated. The checksum is never reached. */
function deflatedZeros(mebibytes) {
  const one = deflateRawSync(Buffer.alloc(MIB), { level: 9, finishFlush: 3 });
  const end = deflateRawSync(Buffer.alloc(0));
  return Buffer.concat([Buffer.from([0x78, 0xda]), ...Array(mebibytes).fill(one), end, Buffer.alloc(4)]);
}

/** A stream of 3 GiB of zeros, deflated twice: a few kilobytes. */
const bomb = (dictionary) =>
  stream(
    `${dictionary} /Filter [/FlateDecode /FlateDecode]`,
    deflateSync(deflatedZeros(3 * 1024), { level: 9 }),
  );

const withField = () => onePage('4 0 R', { 4: signatureField });
const field = (name, entries) => `<< /T (${name}) ${entries} >>`;

/** Objects 4, 5, …: each names the next one, the last one is `end`. */
function chain(depth, link, end) {
  const objects = {};
  for (let number = 4; number < 4 + depth; number += 1) objects[number] = link(`${number + 1} 0 R`);
  return { ...objects, [4 + depth]: end };
}

const deepKids = () =>
  onePage(
    '4 0 R',
    chain(3000, (next) => field('a', `/Kids [${next}]`), signatureField),
  );

/** Every level names the next one twice: 2^40 paths through 40 objects. */
const doublingKids = () =>
  onePage(
    '4 0 R',
    chain(40, (next) => field('a', `/Kids [${next} ${next}]`), signatureField),
  );

const deepPages = () => ({
  ...onePage(
    '',
    chain(20_000, (next) => `<< /Type /Pages /Kids [${next}] >>`, '<< /Type /Page >>'),
  ),
  2: '<< /Type /Pages /Kids [4 0 R] /Count 1 >>',
});

const nested = (open, close, depth) => `${open.repeat(depth)}${close.repeat(depth)}`;

/** Entries of no width: a table of four billion objects in no bytes at all. */
const endless = () => stream('/Type /XRef /Size 4000000000 /W [0 0 0] /Root 1 0 R', '');

export const hostile = () => ({
  'bomb-in-object-stream': compressedPdf(withField(), { inside: bomb('/Type /ObjStm /N 4 /First 20') }),
  'bomb-in-cross-reference-stream': compressedPdf(withField(), {
    references: bomb('/Type /XRef /Size 6 /W [1 4 2] /Root 1 0 R'),
  }),
  'bomb-without-cross-references': compressedPdf(withField(), {
    inside: bomb('/Type /ObjStm /N 4 /First 20'),
    references: stream('/Type /XRef', ''),
  }),
  'endless-cross-references': compressedPdf(withField(), { references: endless() }),
  'cyclic-kids': rawPdf(
    onePage('4 0 R', { 4: field('a', '/FT /Sig /Kids [5 0 R]'), 5: field('b', '/Kids [4 0 R]') }),
  ),
  'kid-of-itself': rawPdf(onePage('4 0 R', { 4: field('a', '/FT /Sig /Kids [4 0 R]') })),
  'cyclic-parent': rawPdf(
    onePage('4 0 R', { 4: field('a', '/FT /Sig /Parent 5 0 R'), 5: field('b', '/Parent 4 0 R') }),
  ),
  'cyclic-type': rawPdf(onePage('4 0 R', { 4: field('a', '/FT 5 0 R'), 5: '5 0 R' })),
  'cyclic-pages': rawPdf({ ...withField(), 2: '<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 >>' }),
  'deep-kids': compressedPdf(deepKids()),
  'doubling-kids': rawPdf(doublingKids()),
  'deep-pages': compressedPdf(deepPages()),
  'deep-arrays': rawPdf(onePage(nested('[', ']', 20_000))),
  'deep-dictionaries': rawPdf(onePage(nested('<</K ', '>>', 8000))),
});
