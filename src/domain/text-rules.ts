/** What a text must be. `test` decides; the descriptions complete the sentence "field must be …". */
export interface TextRule {
  readonly requirement: string;
  /** In characters; one outside the basic plane counts once. */
  readonly maxLength: number;
  /** As much of the rule as a regular expression can say, in the form of JSON Schema. */
  readonly pattern: string;
  test(text: string): boolean;
  /** The requirement, and what is hard to see in an invalid text. */
  describeViolation(text: string): string;
}

/*
 * Patterns are written so that they mean the same to the regular expressions of any language: no class but `\s`, whose
 * edges the languages draw differently, and that only beside what they disagree about.
 */

/** Within a class: the sign in place of a letter that was lost in decoding. */
const REPLACEMENT_CHARACTER = '\\ufffd';

/** Within a class: control characters, line and paragraph separators, lost letters. */
const CONTROL = `\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029${REPLACEMENT_CHARACTER}`;
const WHITESPACE = '\\s\\ufeff';

/**
 * Within a class: what nobody sees and no name needs. Soft hyphen, zero-width space, marks and overrides of the direction of
 * writing, word joiner, annotations, tags. A text can look like another one by them.
 * Source: Unicode, Default_Ignorable_Code_Point; without what scripts and emoji need, see `UNSEEN`.
 */
const INVISIBLE =
  '\\u00ad\\u061c\\u180e\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff\\ufff0-\\ufffb' +
  `${codePointRange(0x1bca0, 0x1bca3)}${codePointRange(0x1d173, 0x1d17a)}${codePointRange(0xe0000, 0xe00ff)}${codePointRange(0xe01f0, 0xe0fff)}`;

/**
 * Within a class: what is not seen alone, and has its place beside letters. Joiners (Persian and Indic names, emoji), the
 * grapheme joiner, fillers of Hangul, vowels of Khmer, variation selectors, the empty Braille cell.
 */
const INVISIBLE_ALONE =
  '\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180d\\u180f\\u200c\\u200d\\u2800\\u3164\\ufe00-\\ufe0f\\uffa0' +
  codePointRange(0xe0100, 0xe01ef);
const PORT = '(:[0-9]{1,5})?';
const HOST = '([A-Za-z0-9_.-]+|\\[[0-9A-Fa-f:.]+\\])';
const URL_REST = `[^${CONTROL}]*`;
const HTTPS = `https://${HOST}${PORT}([/?#]${URL_REST})?`;
const MAX_URL_LENGTH = 2000;

/** Free text of one line. */
export const singleLine = (maxLength: number): TextRule =>
  createRule(
    `a text of 1 to ${maxLength} characters in one line`,
    maxLength,
    linePattern(CONTROL + INVISIBLE),
  );

/** An identifier: it travels in a workflow id, a header or a search attribute, so visible ASCII only. */
export const identifier = (maxLength: number): TextRule =>
  createRule(`1 to ${maxLength} letters, digits or signs, without spaces`, maxLength, '^[!-~]+$');

/** The requestId becomes part of a path on the HTTP gateway and of a workflow id, so no slash and no `?`, `#`, `%`. */
export const requestId: TextRule = createRule(
  '1 to 200 letters, digits or any of . _ : @ + = , ~ -',
  200,
  '^(?!\\.{1,2}$)[A-Za-z0-9_.:@+=,~\\-]+$',
);

/** A mail address that a person can have; whether it exists, only the mail can tell. */
export const email: TextRule = createEmailRule();

function createEmailRule(): TextRule {
  const excluded = `${WHITESPACE}${CONTROL}${INVISIBLE}${INVISIBLE_ALONE}@<>()\\[\\],;:"\\\\.`;
  const word = `[^${excluded}]+`;
  // Dots only between words: mail servers take no other address without quotes (RFC 5321, Dot-string).
  const pattern = `^(?![^@]{65})${word}(\\.${word})*@${word}(\\.${word})+$`;
  return createRule('an e-mail address such as john.doe@example.invalid', 254, pattern);
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
export const mobile: TextRule = createRule(
  'a mobile number in E.164 form such as +49176123456789',
  16,
  `^\\+${TRUNK_ZERO}[1-9][0-9]{6,14}$`,
);

/** A file name, as it stands in the multipart upload and in the Dashboard. */
export const fileName: TextRule = createRule(
  'a file name of 1 to 255 characters without slashes',
  255,
  `^(?!\\.{1,2}$)${linePattern(`${CONTROL}${INVISIBLE}/\\\\`).slice(1)}`,
);

export const sha256: TextRule = createRule('a SHA-256 of 64 hexadecimal digits', 64, '^[0-9a-fA-F]{64}$');

/** Where a document comes from; whether it is there is found out when it is looked at. */
export const documentSource: TextRule = createRule(
  'file: with a path below the document root, or an https: address',
  MAX_URL_LENGTH,
  `^(file:[^/${CONTROL}]${URL_REST}|${HTTPS})$`,
  (text) => text.startsWith('file:') || URL.canParse(text),
);

/** Where the CRM is told of changes. Plain http only to the same machine, for development. */
export const callbackUrl: TextRule = createRule(
  'an https: address without user name and password',
  MAX_URL_LENGTH,
  `^(${HTTPS}|http://(127\\.0\\.0\\.1|localhost|\\[::1\\])${PORT}(/${URL_REST})?)$`,
  (text) => URL.canParse(text),
);

/** Free text of any number of lines. */
export const multiLine = (maxLength: number): TextRule =>
  createRule(
    `a text of 1 to ${maxLength} characters`,
    maxLength,
    linePattern(
      `\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u0084\\u0086-\\u009f${REPLACEMENT_CHARACTER}${INVISIBLE}`,
    ),
  );

/** At least one visible character, and none of those in `but`. */
function linePattern(excluded: string): string {
  return `^[^${excluded}]*[^${WHITESPACE}${INVISIBLE_ALONE}${excluded}][^${excluded}]*$`;
}

/** Within a class: the characters from one code point to another, beyond the basic plane, as every language writes them. */
function codePointRange(from: number, to: number): string {
  return `${String.fromCodePoint(from)}-${String.fromCodePoint(to)}`;
}

/** `also` is what no pattern can say. The length goes first: a pattern may take long over a long text. */
function createRule(
  requirement: string,
  maxLength: number,
  pattern: string,
  isAlsoValid: (text: string) => boolean = () => true,
): TextRule {
  const expression = new RegExp(pattern, 'u');
  const test = (text: string): boolean =>
    hasMaxLength(text, maxLength) && !LONE_SURROGATE.test(text) && expression.test(text) && isAlsoValid(text);
  const describeViolation = (text: string): string =>
    INVISIBLE_OR_LOST.test(text) ? `${requirement}, ${WITHOUT}` : requirement;
  return { requirement, maxLength, pattern, test, describeViolation };
}

/** What the eye does not find in a text that looks right. */
const INVISIBLE_OR_LOST = new RegExp(`[${CONTROL}${INVISIBLE}${INVISIBLE_ALONE}]`, 'u');
const WITHOUT = 'without characters that are invisible or were lost in decoding (U+FFFD)';

/** It could not be stored as UTF-8, and would come back as another text. */
const LONE_SURROGATE = /\p{Cs}/u;

function hasMaxLength(text: string, maxLength: number): boolean {
  return text.length <= maxLength || (text.length <= 2 * maxLength && Array.from(text).length <= maxLength);
}
