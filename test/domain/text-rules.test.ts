import { parseRequest } from '../../src/domain/parse-request.js';
import { validateOutcome, validateResolution } from '../../src/domain/resolution.js';
import type { Attention } from '../../src/domain/status.js';
import { REQUEST, createParticipant } from '../support/requests.js';

const findProblems = (change: Record<string, unknown>): readonly { field: string; message: string }[] =>
  parseRequest({ ...REQUEST, ...change }).problems;
const findProblemFields = (change: Record<string, unknown>): string[] =>
  findProblems(change).map(({ field }) => field);
const findParticipantFields = (change: Record<string, unknown>): string[] =>
  findProblemFields({ participants: [createParticipant(change)] });
const findNameFields = (...names: string[]): string[] =>
  findProblemFields({ documents: names.map((name, index) => ({ source: `file:${index}.pdf`, name })) });

/** Invisible characters that no name needs. */
const INVISIBLE = [
  '\u0000', '\u0007', '\u0085', '\u00ad', '\u061c', '\u180e', '\u200b', '\u200e', '\u200f', '\u202a', '\u202d', '\u202e', '\u2028', '\u2060',
  '\u2064', '\u2066', '\u2069', '\ufeff', '\ufff9', '\u{e0041}', '\u{1d173}',
]; // prettier-ignore

/** Characters that are invisible alone and valid beside letters. */
const INVISIBLE_ALONE = [
  '\u200d',
  '\u200c',
  '\u034f',
  '\u115f',
  '\u3164',
  '\uffa0',
  '\u2800',
  '\ufe0f',
  '\u{e0100}',
  ' ',
  '\u00a0',
  '\u3000',
];

describe('A character that was lost in decoding (U+FFFD)', () => {
  const lost = 'M\ufffdller';

  it.each([
    ['requestId', { requestId: lost }],
    ['employeeId', { employeeId: lost }],
    ['name', { name: lost }],
    ['participants[0].email', { participants: [createParticipant({ email: `${lost}@example.invalid` })] }],
    ['participants[0].email', { participants: [createParticipant({ email: `a@${lost}.invalid` })] }],
    ['participants[0].firstname', { participants: [createParticipant({ firstname: lost })] }],
    ['participants[0].lastname', { participants: [createParticipant({ lastname: lost })] }],
    ['participants[0].mobile', { participants: [createParticipant({ mobile: '+49176\ufffd123456' })] }],
    ['documents[0].source', { documents: [{ source: `file:${lost}.pdf`, name: 'a.pdf' }] }],
    ['documents[0].source', { documents: [{ source: `https://a.example/${lost}.pdf`, name: 'a.pdf' }] }],
    ['documents[0].name', { documents: [{ source: 'https://a.example/%EF%BF%BD.pdf' }] }],
    ['documents[0].name', { documents: [{ source: 'file:a.pdf', name: `${lost}.pdf` }] }],
    ['crmRecord', { crmRecord: lost }],
    ['callbackUrl', { callbackUrl: `https://crm.example.invalid/${lost}` }],
  ])('is refused in %s', (field, change) => {
    expect(findProblemFields(change)).toEqual([field]);
  });

  it('is mentioned in the message', () => {
    expect(findProblems({ name: lost })).toEqual([
      {
        field: 'name',
        message:
          'must be a text of 1 to 255 characters in one line, ' +
          'without characters that are invisible or were lost in decoding (U+FFFD)',
      },
    ]);
  });

  it('is refused in a reason', () => {
    const since = '2026-12-01T12:00:00.000Z';
    const attention: Attention = { id: 'attach-1', step: 'attach', reason: '?', actions: ['abort'], since };
    for (const reason of [lost, 'a\u202eb', 'a\u0000b', '\u200b']) {
      const abort = { attentionId: 'attach-1', action: 'abort', reason };
      expect(validateResolution(abort, { attention })).toContain('An abort needs a reason');
    }
    const context = { isWaiting: true, listWorks: false };
    expect(validateOutcome({ outcome: 'failed', reason: lost }, context)).toContain('A reason is a text');
    expect(validateOutcome({ outcome: 'failed', reason: 'Two\r\n\tlines' }, context)).toBeUndefined();
  });
});

describe('An invisible character', () => {
  it.each(INVISIBLE)('is refused in names and addresses: %j', (character) => {
    const text = `Jo${character}hn`;
    expect(findProblemFields({ name: text })).toEqual(['name']);
    expect(findParticipantFields({ firstname: text, lastname: text })).toHaveLength(2);
    expect(findParticipantFields({ email: `${text}@example.invalid` })).toHaveLength(1);
    expect(findParticipantFields({ email: `john.doe@example.invalid${character}` })).toHaveLength(1);
    expect(findNameFields(`${text}.pdf`)).toEqual(['documents[0].name']);
  });

  it.each(INVISIBLE_ALONE)('is refused as a name, and in an address: %j', (character) => {
    expect(findParticipantFields({ firstname: character.repeat(3) })).toHaveLength(1);
    expect(findProblemFields({ name: character })).toEqual(['name']);
    expect(findParticipantFields({ email: `john${character}doe@example.invalid` })).toHaveLength(1);
  });

  it.each([
    'نیما می‌خواهد',
    'ക്‍ഷ',
    '👩‍👩‍👧 family',
    '❤️',
    '葛󠄀城',
    "O’Connor-D'Arc, Jr.",
    'Đặng Thị Hồng',
    'Jo\u0308rg',
    'שָׁלוֹם',
  ])('is accepted where a script or an emoji needs it: %s', (name) => {
    expect(findParticipantFields({ firstname: name, lastname: name })).toEqual([]);
    expect(findProblemFields({ name })).toEqual([]);
    expect(findNameFields(`${name}.pdf`)).toEqual([]);
  });
});

describe('An e-mail address', () => {
  it.each([
    'john.@example.invalid',
    '.john@example.invalid',
    'john..doe@example.invalid',
    'a@b..de',
    'a@.b.de',
    'a@b.de.',
  ])('has dots only between words: %s', (email) => {
    expect(findParticipantFields({ email })).toEqual(['participants[0].email']);
  });

  it.each([
    'j@x.de',
    'john.m.doe+signing@mail.example.co.uk',
    'jürgen@müller.example',
    'o’neil_1@a-b.example',
  ])('is accepted: %s', (email) => {
    expect(findParticipantFields({ email })).toEqual([]);
  });

  it('has at most 64 characters before the @', () => {
    const email = (length: number): string => `${'a'.repeat(length - 2)}.b@example.invalid`;
    expect([
      findParticipantFields({ email: email(64) }),
      findParticipantFields({ email: email(65) }),
    ]).toEqual([[], ['participants[0].email']]);
  });
});

describe('A mobile number', () => {
  it.each([
    '+490176123456',
    '+4301761234567',
    '+10212345678',
    '+390612345678',
    '+3530861234567',
    '+2540712345678',
    '+70912345678',
  ])('continues without the 0 of national calls: %s', (mobile) => {
    expect(findParticipantFields({ mobile })).toEqual(['participants[0].mobile']);
  });

  it.each([
    '+4917012345678',
    '+393331234567',
    '+2250701234567',
    '+2290197123456',
    '+24206123456',
    '+35386123456',
    '+12125550123',
  ])('is accepted: %s', (mobile) => {
    expect(findParticipantFields({ mobile })).toEqual([]);
  });
});

describe('The names of two documents', () => {
  it.each([
    ['M\u00fcller.pdf', 'Mu\u0308ller.pdf'],
    ['Contract.pdf', 'contract.PDF'],
    ['STRASSE.pdf', 'straße.pdf'],
    ['ΟΔΟΣ.pdf', 'οδος.pdf'],
  ])('differ in more than case and Unicode form: %s, %s', (one, other) => {
    expect(findNameFields(one, 'a.pdf', other)).toEqual(['documents[2].name']);
  });

  it('may be similar otherwise', () => {
    expect(findNameFields('Muller.pdf', 'Müller.pdf', 'Müller .pdf')).toEqual([]);
  });
});
