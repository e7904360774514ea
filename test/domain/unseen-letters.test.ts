import { readRequest } from '../../src/domain/read-request.js';
import { refuseOutcome, refuseResolution } from '../../src/domain/resolution.js';
import type { Attention } from '../../src/domain/status.js';
import { participant, REQUEST } from '../support/requests.js';

const problemsOf = (change: Record<string, unknown>): readonly { field: string; message: string }[] =>
  readRequest({ ...REQUEST, ...change }).problems;
const fieldsOf = (change: Record<string, unknown>): string[] => problemsOf(change).map(({ field }) => field);
const ofParticipant = (change: Record<string, unknown>): string[] =>
  fieldsOf({ participants: [participant(change)] });
const named = (...names: string[]): string[] =>
  fieldsOf({ documents: names.map((name, index) => ({ source: `file:${index}.pdf`, name })) });

/** What no eye sees, and no name needs. */
const HIDDEN = [
  '\u0000', '\u0007', '\u0085', '\u00ad', '\u061c', '\u180e', '\u200b', '\u200e', '\u200f', '\u202a', '\u202d', '\u202e', '\u2028', '\u2060',
  '\u2064', '\u2066', '\u2069', '\ufeff', '\ufff9', '\u{e0041}', '\u{1d173}',
]; // prettier-ignore

/** What is not seen alone, and belongs to names beside letters. */
const ALONE = [
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

describe('A letter that was lost in decoding (U+FFFD)', () => {
  const lost = 'M\ufffdller';

  it.each([
    ['requestId', { requestId: lost }],
    ['employeeId', { employeeId: lost }],
    ['name', { name: lost }],
    ['participants[0].email', { participants: [participant({ email: `${lost}@example.invalid` })] }],
    ['participants[0].email', { participants: [participant({ email: `a@${lost}.invalid` })] }],
    ['participants[0].firstname', { participants: [participant({ firstname: lost })] }],
    ['participants[0].lastname', { participants: [participant({ lastname: lost })] }],
    ['participants[0].mobile', { participants: [participant({ mobile: '+49176\ufffd123456' })] }],
    ['documents[0].source', { documents: [{ source: `file:${lost}.pdf`, name: 'a.pdf' }] }],
    ['documents[0].source', { documents: [{ source: `https://a.example/${lost}.pdf`, name: 'a.pdf' }] }],
    ['documents[0].name', { documents: [{ source: 'https://a.example/%EF%BF%BD.pdf' }] }],
    ['documents[0].name', { documents: [{ source: 'file:a.pdf', name: `${lost}.pdf` }] }],
    ['crmRecord', { crmRecord: lost }],
    ['callbackUrl', { callbackUrl: `https://crm.example.invalid/${lost}` }],
  ])('is refused in %s', (field, change) => {
    expect(fieldsOf(change)).toEqual([field]);
  });

  it('is named as what it is', () => {
    expect(problemsOf({ name: lost })).toEqual([
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
      expect(refuseResolution(abort, { attention })).toContain('An abort needs a reason');
    }
    const now = { waiting: true, listWorks: false };
    expect(refuseOutcome({ outcome: 'failed', reason: lost }, now)).toContain('A reason is a text');
    expect(refuseOutcome({ outcome: 'failed', reason: 'Two\r\n\tlines' }, now)).toBeUndefined();
  });
});

describe('A character that nobody sees', () => {
  it.each(HIDDEN)('is refused in names and addresses: %j', (hidden) => {
    const text = `Jo${hidden}hn`;
    expect(fieldsOf({ name: text })).toEqual(['name']);
    expect(ofParticipant({ firstname: text, lastname: text })).toHaveLength(2);
    expect(ofParticipant({ email: `${text}@example.invalid` })).toHaveLength(1);
    expect(ofParticipant({ email: `john.doe@example.invalid${hidden}` })).toHaveLength(1);
    expect(named(`${text}.pdf`)).toEqual(['documents[0].name']);
  });

  it.each(ALONE)('is no name alone, and no part of an address: %j', (unseen) => {
    expect(ofParticipant({ firstname: unseen.repeat(3) })).toHaveLength(1);
    expect(fieldsOf({ name: unseen })).toEqual(['name']);
    expect(ofParticipant({ email: `john${unseen}doe@example.invalid` })).toHaveLength(1);
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
    expect(ofParticipant({ firstname: name, lastname: name })).toEqual([]);
    expect(fieldsOf({ name })).toEqual([]);
    expect(named(`${name}.pdf`)).toEqual([]);
  });
});

describe('A mail address', () => {
  it.each([
    'john.@example.invalid',
    '.john@example.invalid',
    'john..doe@example.invalid',
    'a@b..de',
    'a@.b.de',
    'a@b.de.',
  ])('has dots only between words: %s', (email) => {
    expect(ofParticipant({ email })).toEqual(['participants[0].email']);
  });

  it.each([
    'j@x.de',
    'john.m.doe+signing@mail.example.co.uk',
    'jürgen@müller.example',
    'o’neil_1@a-b.example',
  ])('is accepted: %s', (email) => {
    expect(ofParticipant({ email })).toEqual([]);
  });

  it('has at most 64 characters before the @', () => {
    const email = (length: number): string => `${'a'.repeat(length - 2)}.b@example.invalid`;
    expect([ofParticipant({ email: email(64) }), ofParticipant({ email: email(65) })]).toEqual([
      [],
      ['participants[0].email'],
    ]);
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
  ])('goes on without the 0 of national calls: %s', (mobile) => {
    expect(ofParticipant({ mobile })).toEqual(['participants[0].mobile']);
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
    expect(ofParticipant({ mobile })).toEqual([]);
  });
});

describe('The names of two documents', () => {
  it.each([
    ['M\u00fcller.pdf', 'Mu\u0308ller.pdf'],
    ['Contract.pdf', 'contract.PDF'],
    ['STRASSE.pdf', 'straße.pdf'],
    ['ΟΔΟΣ.pdf', 'οδος.pdf'],
  ])('differ in more than case and Unicode form: %s, %s', (one, other) => {
    expect(named(one, 'a.pdf', other)).toEqual(['documents[2].name']);
  });

  it('can be alike otherwise', () => {
    expect(named('Muller.pdf', 'Müller.pdf', 'Müller .pdf')).toEqual([]);
  });
});
