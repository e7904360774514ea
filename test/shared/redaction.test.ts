import type { Participant } from '../../src/domain/request.js';
import { listPersonalValues, redact, redactDocument, redactVendorText } from '../../src/shared/redaction.js';

const john: Participant = {
  email: 'john.doe@example.invalid',
  firstname: 'John',
  lastname: 'Doe',
  mobile: '+49176123456789',
};
const joerg: Participant = {
  email: 'j.mueller@example.invalid',
  firstname: 'Jörg André',
  lastname: 'Müller-Strauß',
  mobile: '+436641234567',
};
const redactFor = (text: string, participant = john): string =>
  redactVendorText(text, listPersonalValues([participant]));

describe("Redaction removes from the vendor's text", () => {
  it.each([
    'John Doe',
    'Doe, John',
    'DOE JOHN',
    'DOE<<JOHN<<<<',
    'JohnDoe',
    'john_doe',
    'John-Doe',
    "John's",
    'Jo\u200bhn D\u00adoe',
    'Ｊｏｈｎ Ｄｏｅ',
    'ＤＯＥ',
  ])('a name: %s', (text) => {
    const shown = redactFor(`The name ${text} differs.`);
    expect(shown).not.toMatch(/john|doe/iu);
    expect(shown).toMatch(/^The name .*differs\.$/);
  });

  it.each([
    'JÖRG',
    'Jo\u0308rg',
    'Joerg',
    'JORG',
    'André',
    'Andre',
    'MÜLLER-STRAUSS',
    'Mueller Strauss',
    'Muller Strauß',
    'Strauß',
    'MÜLLER',
    'Mu\u0308ller',
    'Müllers',
  ])('a name in another spelling: %s', (text) => {
    expect(redactFor(`The name ${text} differs.`, joerg)).toMatch(
      /^The name [^a-z]*(\[hidden\][^a-z]*)+ differs\.$/,
    );
  });

  it('a name that the CRM has without its accents, and the vendor with them', () => {
    const mueller = { ...john, firstname: 'Rene', lastname: 'Mueller' };
    expect(redactFor('René Müller was not found', mueller)).toBe('[hidden] was not found');
  });

  it.each([
    'john.doe@example.invalid',
    'JOHN.DOE@EXAMPLE.INVALID',
    'john.doe%40example.invalid',
    'john.doe＠example.invalid',
    'john.doe (at) example.invalid',
    'somebody.else@bank.example',
  ])('an e-mail address: %s', (text) => {
    expect(redactFor(`The address ${text} is in use`)).not.toMatch(/example|john|doe|else/i);
  });

  it.each([
    '+49176123456789',
    '+49 176 123456789',
    '0049176123456789',
    '0049 (0)176 / 123 456-789',
    '49176123456789',
    '0176123456789',
    '0176-12 34 56 789',
    '176123456789',
    '176\u00a0123\u00a0456\u202f789',
    '(0176) 123.456.789',
    '+４９１７６１２３４５６７８９',
  ])('a mobile number: %s', (text) => {
    expect(redactFor(`No SMS to ${text}!`)).toMatch(/^No SMS to \[(hidden|number)\]!$/);
  });

  it.each([
    'C01X00T47',
    'c01x00t478',
    'L8ZNPX3TM',
    'T220001293',
    'LZ6311T475',
    'X 1234567',
    'AB 12 34 567',
    'IDD<<T220001293<<<<<<',
    'DE89 3704 0044 0532 0130 00',
    '12.03.1980',
    '1980-03-12',
  ])('a text in the form of an identity document number, or a date of birth: %s', (text) => {
    expect(redactFor(`The document ${text} has expired`)).not.toMatch(/\d{2}|ZNPX/);
  });
});

describe("The vendor's text", () => {
  it.each([
    'the identity card has expired',
    'Wrong passport',
    'initiate: flexperto refused with status 422',
    'The session 1362 does not exist (request 3fa85f64-5717-4562-b3fc-2c963f66afa6)',
    'SHA-256 does not match, PDF 1.7 expected, at most 20 documents and 50 MB',
    'all allowed; doers and doing stay',
    'Ausweis abgelaufen, bitte erneut prüfen',
  ])('stays unchanged where it names nobody: %s', (text) => {
    expect(redactFor(text, { ...john, firstname: 'Al' })).toBe(text);
  });

  it('becomes one short line of visible characters', () => {
    expect(redactFor('a\r\nb\u0000\u202ec\u2028d\t e')).toBe('a b c d e');
    expect(redactFor('word '.repeat(1000)).length).toBeLessThanOrEqual(300);
  });

  it('keeps the small words of a name', () => {
    const leyen = { ...john, lastname: 'von der Leyen' };
    expect(redactFor('Ausweis von Leyen oder der Bank', leyen)).toBe('Ausweis von [hidden] oder der Bank');
    expect(redactFor('VON DER LEYEN', leyen)).toBe('[hidden]');
  });

  it('loses secrets, tokens and queries of addresses', () => {
    const text = 'key s3cret.key at https://a.example/x?token=1 with eyJhbGciOi.eyJzdWIi.c2ln';
    expect(redactVendorText(text, ['s3cret.key'])).toBe(
      'key [hidden] at https://a.example/x?[hidden] with [token]',
    );
  });

  it('is redacted within a bounded time, whatever it contains', () => {
    const began = performance.now();
    for (const unit of ['1 ', 'a1', '(', '+', 'John', 'ü', '\u0308', '<', 'A1-', '. ', 'e ', '@'])
      for (const participant of [john, joerg]) redactFor(unit.repeat(300), participant);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

describe('A document of the list', () => {
  const listed = { documentId: 1, name: 'contract of John Doe.pdf', originalFileId: 'f-1' };
  const hidden = listPersonalValues([john]);
  const shown = (status: string | null, failureReason: string | null = null) =>
    redactDocument({ ...listed, status, failureReason }, hidden);

  it('keeps its name, which the program compares and never shows', () => {
    expect(shown('FAILED', 'John Doe is not C01X00T47')).toEqual({
      ...listed,
      status: 'FAILED',
      failureReason: '[hidden] is not [number]',
    });
  });

  it('keeps an unknown status, bounded in length and characters, and without a person', () => {
    expect(shown('ARCHIVED_BY_ADMIN').status).toBe('ARCHIVED_BY_ADMIN');
    expect(shown('signed partly').status).toBe('signed partly');
    expect(shown('Signed by John Doe').status).toBe('Signed by [hidden]');
    expect(shown('Signed by Jo\u200bhn').status).toBe('Signed by [hidden]');
    expect(shown('FINISHED\u0000').status).not.toBe('FINISHED');
    expect(shown('FINISHED ').status).not.toBe('FINISHED');
    expect(shown('\u202eDEHSINIF\n## x').status).toBe('\ufffdDEHSINIF\ufffd## x');
    expect(shown(null).status).toBeNull();
  });
});

test('the message of a library keeps its addresses and numbers, and loses mail, phone and tokens', () => {
  expect(redact('connect ECONNREFUSED 192.168.178.20:5432 after 1234567 ms')).toBe(
    'connect ECONNREFUSED 192.168.178.20:5432 after 1234567 ms',
  );
  expect(redact('john@example.invalid +49 176 123456789')).toBe('[e-mail] [number]');
});
