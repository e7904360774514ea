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
 * The patterns mean the same in the regular expressions of every language. Their only class is `\s`; characters on which
 * languages disagree about `\s` stand beside it.
 */

/** Within a class: the character in place of one that was lost in decoding. */
const REPLACEMENT_CHARACTER = '\\ufffd';

/** Within a class: control characters, line and paragraph separators, lost characters. */
const CONTROL = `\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029${REPLACEMENT_CHARACTER}`;
const WHITESPACE = '\\s\\ufeff';

/**
 * Within a class: invisible characters that no name needs, and that make different texts look alike. Soft hyphen, zero-width
 * space, direction marks and overrides, word joiner, annotations, tags.
 * Source: Unicode, Default_Ignorable_Code_Point, without those that scripts and emoji need, see `INVISIBLE_ALONE`.
 */
const INVISIBLE =
  '\\u00ad\\u061c\\u180e\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff\\ufff0-\\ufffb' +
  `${codePointRange(0x1bca0, 0x1bca3)}${codePointRange(0x1d173, 0x1d17a)}${codePointRange(0xe0000, 0xe00ff)}${codePointRange(0xe01f0, 0xe0fff)}`;

/**
 * Within a class: characters that are invisible alone and valid beside letters. Joiners (Persian and Indic names, emoji), the
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

/** Free text in one line. */
export const singleLine = (maxLength: number): TextRule =>
  createRule(
    `a text of 1 to ${maxLength} characters in one line`,
    maxLength,
    linePattern(CONTROL + INVISIBLE),
  );

/** An identifier in visible ASCII, since it becomes part of a workflow id, a header or a search attribute. */
export const identifier = (maxLength: number): TextRule =>
  createRule(`1 to ${maxLength} letters, digits or signs, without spaces`, maxLength, '^[!-~]+$');

/** The requestId is part of the gateway's paths and of a workflow id, so it has no slash and no `?`, `#`, `%`. */
export const requestId: TextRule = createRule(
  '1 to 200 letters, digits or any of . _ : @ + = , ~ -',
  200,
  '^(?!\\.{1,2}$)[A-Za-z0-9_.:@+=,~\\-]+$',
);

/** An e-mail address that a person can have. It may not exist. */
export const email: TextRule = createEmailRule();

function createEmailRule(): TextRule {
  const excluded = `${WHITESPACE}${CONTROL}${INVISIBLE}${INVISIBLE_ALONE}@<>()\\[\\],;:"\\\\.`;
  const word = `[^${excluded}]+`;
  // Dots between words only: mail servers accept no other address without quotes (RFC 5321, Dot-string).
  const pattern = `^(?![^@]{65})${word}(\\.${word})*@${word}(\\.${word})+$`;
  return createRule('an e-mail address such as john.doe@example.invalid', 254, pattern);
}

/**
 * Excludes the 0 of national calls after the country code. In some countries the 0 is part of a mobile number: Ivory Coast
 * (225), Benin (229), Gabon (241) and Congo (242). Italy keeps the 0 of its landlines; its mobiles begin with 3.
 * Source of the codes' lengths: ITU-T E.164, list of assigned country codes.
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

/** A file name, for the multipart upload and the Dashboard. */
export const fileName: TextRule = createRule(
  'a file name of 1 to 255 characters without slashes',
  255,
  `^(?!\\.{1,2}$)${linePattern(`${CONTROL}${INVISIBLE}/\\\\`).slice(1)}`,
);

export const sha256: TextRule = createRule('a SHA-256 of 64 hexadecimal digits', 64, '^[0-9a-fA-F]{64}$');

/** Where the worker reads a document. It may not exist. */
export const documentSource: TextRule = createRule(
  'file: with a path below the document root, or an https: address',
  MAX_URL_LENGTH,
  `^(file:[^/${CONTROL}]${URL_REST}|${HTTPS})$`,
  (text) => text.startsWith('file:') || URL.canParse(text),
);

/** The address of the CRM's callbacks. Plain http only to the same machine, for development. */
export const callbackUrl: TextRule = createRule(
  'an https: address without user name and password',
  MAX_URL_LENGTH,
  `^(${HTTPS}|http://(127\\.0\\.0\\.1|localhost|\\[::1\\])${PORT}(/${URL_REST})?)$`,
  (text) => URL.canParse(text),
);

/** Free text in any number of lines. */
export const multiLine = (maxLength: number): TextRule =>
  createRule(
    `a text of 1 to ${maxLength} characters`,
    maxLength,
    linePattern(
      `\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u0084\\u0086-\\u009f${REPLACEMENT_CHARACTER}${INVISIBLE}`,
    ),
  );

/** At least one visible character, and none of `excluded`. */
function linePattern(excluded: string): string {
  return `^[^${excluded}]*[^${WHITESPACE}${INVISIBLE_ALONE}${excluded}][^${excluded}]*$`;
}

/** Within a class: a range of characters outside the basic plane, in a form that every language accepts. */
function codePointRange(from: number, to: number): string {
  return `${String.fromCodePoint(from)}-${String.fromCodePoint(to)}`;
}

/** `isAlsoValid` checks what a pattern cannot. The length is checked first, since a pattern may be slow on a long text. */
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
    INVISIBLE_OR_LOST.test(text) ? `${requirement}, ${INVISIBLE_ADVICE}` : requirement;
  return { requirement, maxLength, pattern, test, describeViolation };
}

/** Characters that make a text invalid although it looks valid. */
const INVISIBLE_OR_LOST = new RegExp(`[${CONTROL}${INVISIBLE}${INVISIBLE_ALONE}]`, 'u');
const INVISIBLE_ADVICE = 'without characters that are invisible or were lost in decoding (U+FFFD)';

/** UTF-8 cannot store it, so it would be read back as another text. */
const LONE_SURROGATE = /\p{Cs}/u;

function hasMaxLength(text: string, maxLength: number): boolean {
  return text.length <= maxLength || (text.length <= 2 * maxLength && Array.from(text).length <= maxLength);
}
