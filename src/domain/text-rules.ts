import type { TextRule } from './reading.js';

/*
 * Patterns are written so that they mean the same to the regular expressions of any language: no class but `\s`, whose
 * edges the languages draw differently, and that only beside what they disagree about.
 */

/** Within a class: the sign in place of a letter that was lost in decoding. */
const LOST = '\\ufffd';

/** Within a class: control characters, line and paragraph separators, lost letters. */
const CONTROL = `\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029${LOST}`;
const BLANK = '\\s\\ufeff';

/**
 * Within a class: what nobody sees and no name needs. Soft hyphen, zero-width space, marks and overrides of the direction of
 * writing, word joiner, annotations, tags. A text can look like another one by them.
 * Source: Unicode, Default_Ignorable_Code_Point; without what scripts and emoji need, see `UNSEEN`.
 */
const HIDDEN =
  '\\u00ad\\u061c\\u180e\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff\\ufff0-\\ufffb' +
  `${astral(0x1bca0, 0x1bca3)}${astral(0x1d173, 0x1d17a)}${astral(0xe0000, 0xe00ff)}${astral(0xe01f0, 0xe0fff)}`;

/**
 * Within a class: what is not seen alone, and has its place beside letters. Joiners (Persian and Indic names, emoji), the
 * grapheme joiner, fillers of Hangul, vowels of Khmer, variation selectors, the empty Braille cell.
 */
const UNSEEN =
  '\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180d\\u180f\\u200c\\u200d\\u2800\\u3164\\ufe00-\\ufe0f\\uffa0' +
  astral(0xe0100, 0xe01ef);
const PORT = '(:[0-9]{1,5})?';
const HOST = '([A-Za-z0-9_.-]+|\\[[0-9A-Fa-f:.]+\\])';
const REST = `[^${CONTROL}]*`;
const HTTPS = `https://${HOST}${PORT}([/?#]${REST})?`;
const LONGEST_ADDRESS = 2000;

/** Free text of one line. */
export const line = (longest: number): TextRule =>
  rule(`a text of 1 to ${longest} characters in one line`, longest, oneLine(CONTROL + HIDDEN));

/** An identifier: it travels in a workflow id, a header or a search attribute, so visible ASCII only. */
export const identifier = (longest: number): TextRule =>
  rule(`1 to ${longest} letters, digits or signs, without spaces`, longest, '^[!-~]+$');

/** The requestId becomes part of a path on the HTTP gateway and of a workflow id, so no slash and no `?`, `#`, `%`. */
export const requestId: TextRule = rule(
  '1 to 200 letters, digits or any of . _ : @ + = , ~ -',
  200,
  '^(?!\\.{1,2}$)[A-Za-z0-9_.:@+=,~\\-]+$',
);

/** A mail address that a person can have; whether it exists, only the mail can tell. */
export const email: TextRule = emailRule();

function emailRule(): TextRule {
  const none = `${BLANK}${CONTROL}${HIDDEN}${UNSEEN}@<>()\\[\\],;:"\\\\.`;
  const word = `[^${none}]+`;
  // Dots only between words: mail servers take no other address without quotes (RFC 5321, Dot-string).
  const pattern = `^(?![^@]{65})${word}(\\.${word})*@${word}(\\.${word})+$`;
  return rule('an e-mail address such as john.doe@example.invalid', 254, pattern);
}

/**
 * After the country code no number goes on with the 0 of national calls. Where mobile numbers do begin with a 0, it is part of
 * them: Ivory Coast (225), Benin (229), Gabon (241) and Congo (242). Italy keeps the 0 of its landlines; its mobiles begin
 * with 3. Source of the codes' lengths: ITU-T E.164, list of assigned country codes.
 */
const TRUNK_ZERO =
  '(?!([17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])0)' +
  '(?!(?!22[59]|24[12])(2[1-689]|3[578]|42|5[09]|6[7-9]|8[0578]|9[679])[0-9]0)';

/** Source: the vendor's help page, the customer receives an SMS password. */
export const mobile: TextRule = rule(
  'a mobile number in E.164 form such as +49176123456789',
  16,
  `^\\+${TRUNK_ZERO}[1-9][0-9]{6,14}$`,
);

/** A file name, as it stands in the multipart upload and in the Dashboard. */
export const fileName: TextRule = rule(
  'a file name of 1 to 255 characters without slashes',
  255,
  `^(?!\\.{1,2}$)${oneLine(`${CONTROL}${HIDDEN}/\\\\`).slice(1)}`,
);

export const sha256: TextRule = rule('a SHA-256 of 64 hexadecimal digits', 64, '^[0-9a-fA-F]{64}$');

/** Where a document comes from; whether it is there is found out when it is looked at. */
export const source: TextRule = rule(
  'file: with a path below the document root, or an https: address',
  LONGEST_ADDRESS,
  `^(file:[^/${CONTROL}]${REST}|${HTTPS})$`,
  (text) => text.startsWith('file:') || URL.canParse(text),
);

/** Where the CRM is told of changes. Plain http only to the same machine, for development. */
export const callbackUrl: TextRule = rule(
  'an https: address without user name and password',
  LONGEST_ADDRESS,
  `^(${HTTPS}|http://(127\\.0\\.0\\.1|localhost|\\[::1\\])${PORT}(/${REST})?)$`,
  (text) => URL.canParse(text),
);

/** Free text of any number of lines. */
export const text = (longest: number): TextRule =>
  rule(
    `a text of 1 to ${longest} characters`,
    longest,
    oneLine(`\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u0084\\u0086-\\u009f${LOST}${HIDDEN}`),
  );

/** At least one visible character, and none of those in `but`. */
function oneLine(but: string): string {
  return `^[^${but}]*[^${BLANK}${UNSEEN}${but}][^${but}]*$`;
}

/** Within a class: the characters from one code point to another, beyond the basic plane, as every language writes them. */
function astral(from: number, to: number): string {
  return `${String.fromCodePoint(from)}-${String.fromCodePoint(to)}`;
}

/** `also` is what no pattern can say. The length goes first: a pattern may take long over a long text. */
function rule(
  must: string,
  longest: number,
  pattern: string,
  also: (text: string) => boolean = () => true,
): TextRule {
  const expression = new RegExp(pattern, 'u');
  const test = (text: string): boolean =>
    isWithin(text, longest) && !HALF_CHARACTER.test(text) && expression.test(text) && also(text);
  const mustBe = (text: string): string => (UNSEEN_OR_LOST.test(text) ? `${must}, ${WITHOUT}` : must);
  return { must, longest, pattern, test, mustBe };
}

/** What the eye does not find in a text that looks right. */
const UNSEEN_OR_LOST = new RegExp(`[${CONTROL}${HIDDEN}${UNSEEN}]`, 'u');
const WITHOUT = 'without characters that are invisible or were lost in decoding (U+FFFD)';

/** It could not be stored as UTF-8, and would come back as another text. */
const HALF_CHARACTER = /\p{Cs}/u;

function isWithin(text: string, longest: number): boolean {
  return text.length <= longest || (text.length <= 2 * longest && Array.from(text).length <= longest);
}
