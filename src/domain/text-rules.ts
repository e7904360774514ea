import type { TextRule } from './reading.js';

// eslint's no-control-regex is obeyed by naming the classes: control characters, line and paragraph separators.
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u;
const LONGEST_ADDRESS = 2000;

const plain = (text: string, longest: number): boolean =>
  text.trim() !== '' && text.length <= longest && !CONTROL.test(text);

/** Free text of one line. */
export const line = (longest: number): TextRule => ({
  must: `a text of 1 to ${longest} characters in one line`,
  test: (text) => plain(text, longest),
});

/** An identifier: it travels in a workflow id, a header or a search attribute, so visible ASCII only. */
export const identifier = (longest: number): TextRule => ({
  must: `1 to ${longest} letters, digits or signs, without spaces`,
  test: (text) => text.length <= longest && /^[!-~]+$/.test(text),
});

/** The requestId becomes part of a path on the HTTP gateway and of a workflow id, so no slash and no `?`, `#`, `%`. */
export const requestId: TextRule = {
  must: '1 to 200 letters, digits or any of . _ : @ + = , ~ -',
  test: (text) => /^[\w.:@+=,~-]{1,200}$/.test(text) && text !== '.' && text !== '..',
};

/** A mail address that a person can have; whether it exists, only the mail can tell. */
export const email: TextRule = {
  must: 'an e-mail address such as john.doe@example.invalid',
  test: (text) =>
    text.length <= 254 &&
    /^[^\s@<>()[\],;:"\\]{1,64}@[^\s@.<>()[\],;:"\\]+(\.[^\s@.<>()[\],;:"\\]+)+$/.test(text) &&
    !CONTROL.test(text),
};

/** Source: the vendor's help page, the customer receives an SMS password. */
export const mobile: TextRule = {
  must: 'a mobile number in E.164 form such as +49176123456789',
  test: (text) => /^\+[1-9]\d{6,14}$/.test(text),
};

/** A file name, as it stands in the multipart upload and in the Dashboard. */
export const fileName: TextRule = {
  must: 'a file name of 1 to 255 characters without slashes',
  test: (text) => plain(text, 255) && !/[/\\]/.test(text) && text !== '.' && text !== '..',
};

export const sha256: TextRule = {
  must: 'a SHA-256 of 64 hexadecimal digits',
  test: (text) => /^[0-9a-f]{64}$/i.test(text),
};

/** Where a document comes from; whether it is there is found out when it is looked at. */
export const source: TextRule = {
  must: 'file: with a path below the document root, or an https: address',
  test: (text) => plain(text, LONGEST_ADDRESS) && (/^file:[^/]/.test(text) || isHttps(text)),
};

/** Where the CRM is told of changes. Plain http only to the same machine, for development. */
export const callbackUrl: TextRule = {
  must: 'an https: address without user name and password',
  test: (text) =>
    plain(text, LONGEST_ADDRESS) &&
    (isHttps(text) || /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(\/|$)/.test(text)),
};

/** Written as it is recognised later, with a lower-case `https://` in front; a URL parser would accept much more. */
function isHttps(text: string): boolean {
  try {
    const url = new URL(text);
    return text.startsWith('https://') && url.username === '' && url.password === '';
  } catch {
    return false;
  }
}
