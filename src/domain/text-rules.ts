import type { TextRule } from './reading.js';

/*
 * Patterns are written so that they mean the same to the regular expressions of any language: no class but `\s`, whose
 * edges the languages draw differently, and that only beside what they disagree about.
 */

/** Within a class: control characters, line and paragraph separators. */
const CONTROL = '\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029';
const BLANK = '\\s\\ufeff';
const PORT = '(:[0-9]{1,5})?';
const HOST = '([A-Za-z0-9_.-]+|\\[[0-9A-Fa-f:.]+\\])';
const REST = `[^${CONTROL}]*`;
const HTTPS = `https://${HOST}${PORT}([/?#]${REST})?`;
const LONGEST_ADDRESS = 2000;

/** Free text of one line. */
export const line = (longest: number): TextRule =>
  rule(`a text of 1 to ${longest} characters in one line`, longest, oneLine(CONTROL));

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
  const letter = (...more: string[]): string => `[^${BLANK}${CONTROL}@<>()\\[\\],;:"\\\\${more.join('')}]`;
  const pattern = `^${letter()}{1,64}@${letter('.')}+(\\.${letter('.')}+)+$`;
  return rule('an e-mail address such as john.doe@example.invalid', 254, pattern);
}

/** Source: the vendor's help page, the customer receives an SMS password. */
export const mobile: TextRule = rule(
  'a mobile number in E.164 form such as +49176123456789',
  16,
  '^\\+[1-9][0-9]{6,14}$',
);

/** A file name, as it stands in the multipart upload and in the Dashboard. */
export const fileName: TextRule = rule(
  'a file name of 1 to 255 characters without slashes',
  255,
  `^(?!\\.{1,2}$)${oneLine(`${CONTROL}/\\\\`).slice(1)}`,
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
  rule(`a text of 1 to ${longest} characters`, longest, `[^${BLANK}]`);

/** At least one visible character, and none of those in `but`. */
function oneLine(but: string): string {
  return `^[^${but}]*[^${BLANK}${but}][^${but}]*$`;
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
  return { must, longest, pattern, test };
}

/** It could not be stored as UTF-8, and would come back as another text. */
const HALF_CHARACTER = /\p{Cs}/u;

function isWithin(text: string, longest: number): boolean {
  return text.length <= longest || (text.length <= 2 * longest && Array.from(text).length <= longest);
}
