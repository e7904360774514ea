import fc from 'fast-check';
import { getBaseName } from '../../../src/domain/request.js';
import { documentSource, fileName } from '../../../src/domain/text-rules.js';
import { sanitizeFileName } from '../../../src/gateway/uploads/file-name.js';

it.each([
  ['contract.pdf', 'contract.pdf'],
  ['Verträge & Anlagen (2).pdf', 'Verträge & Anlagen (2).pdf'],
  ['Vertra\u0308ge.pdf', 'Verträge.pdf'],
  ['契約書.pdf', '契約書.pdf'],
  ['../../etc/passwd', 'passwd'],
  ['C:\\Users\\jd\\contract.pdf', 'contract.pdf'],
  ['..\\..\\', 'document.pdf'],
  ['...', 'document.pdf'],
  ['', 'document.pdf'],
  [undefined, 'document.pdf'],
  ['.htaccess', 'htaccess'],
  ['  . contract.pdf. . ', 'contract.pdf'],
  ['con\u0000tract\r\n.pdf', 'contract.pdf'],
  ['contract\u202Efdp.exe', 'contractfdp.exe'],
  ['a<b>:"c"|?*.pdf', 'a_b___c____.pdf'],
  ['CON.pdf', '_CON.pdf'],
  ['lpt1', '_lpt1'],
  ['nul .tar.pdf', '_nul .tar.pdf'],
  ['console.pdf', 'console.pdf'],
])('%j is stored as %j', (given, kept) => {
  expect(sanitizeFileName(given)).toBe(kept);
});

test('a long name is shortened before its extension, and never within a character', () => {
  expect(sanitizeFileName(`${'a'.repeat(500)}.pdf`)).toBe(`${'a'.repeat(196)}.pdf`);
  expect(sanitizeFileName(`${'𝔞'.repeat(500)}.pdf`)).toBe(`${'𝔞'.repeat(49)}.pdf`);
});

test('any file name becomes valid for a file system and for a document of a request', () => {
  const parts = fc.constantFrom(
    '.',
    '..',
    '/',
    '\\',
    ' ',
    'con',
    'é',
    '\u200f',
    '\ud800',
    '😀',
    'a.pdf',
    'x'.repeat(90),
  );
  const names = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(parts).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(names, (given) => {
      const name = sanitizeFileName(given);
      expect(fileName.test(name)).toBe(true);
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(201);
      expect(name).not.toMatch(/^[. ]|[. ]$/);
      expect(sanitizeFileName(name)).toBe(name);
      const address = `file:uploads/id/${name}`;
      expect([documentSource.test(address), getBaseName(address)]).toEqual([true, name]);
    }),
    { numRuns: 2000 },
  );
});
