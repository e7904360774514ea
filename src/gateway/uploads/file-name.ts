import type { IncomingMessage } from 'node:http';

/** More than all headers of the part; the file follows them. In bytes. */
const MAX_PART_HEADER_BYTES = 16 * 1024;

/**
 * The file name in the parameter `filename*` of a form's first part: `undefined` if there is no such parameter, `null` if it
 * cannot be decoded. The multipart parser ignores it after a `filename`, although it takes precedence (RFC 6266). Call this
 * before the parser reads the request, and the returned function after the first part has arrived.
 */
export function captureExtendedFileName(request: IncomingMessage): () => string | null | undefined {
  let header = Buffer.alloc(0);
  const onData = (chunk: Buffer): void => {
    header = Buffer.concat([header, chunk.subarray(0, MAX_PART_HEADER_BYTES - header.length)]);
    if (header.length === MAX_PART_HEADER_BYTES || header.includes('\r\n\r\n')) request.off('data', onData);
  };
  request.on('data', onData);
  return () => parseExtendedFileName(header.toString('latin1').split('\r\n\r\n')[0] ?? '');
}

/** `header` has one character for each byte. */
function parseExtendedFileName(header: string): string | null | undefined {
  const [, disposition = ''] = /^content-disposition:(.*)$/im.exec(header) ?? [];
  for (const [, name = '', value = ''] of disposition.matchAll(HEADER_PARAMETER))
    if (name.toLowerCase() === 'filename*') return decodeExtendedValue(value.trim());
  return undefined;
}

/** Source: RFC 2183 and RFC 8187. A quoted value may hold semicolons. */
const HEADER_PARAMETER = /;\s*([^=;\s"]+)\s*=\s*("(?:\\.|[^"\\])*"|[^;]*)/g;

/** `UTF-8''na%C3%AFve.pdf`; the charset may be ISO-8859-1 too. */
function decodeExtendedValue(value: string): string | null {
  const [, charset = '', encoded = ''] =
    /^(utf-8|iso-8859-1)'[^']*'((?:%[0-9a-f]{2}|[\w!#$&+.^`|~-])+)$/i.exec(value) ?? [];
  if (charset === '') return null;
  const bytes = Buffer.from(
    encoded.replaceAll(/%(..)/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  );
  if (charset.toLowerCase() !== 'utf-8') return bytes.toString('latin1');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Below the limit of file systems (255 bytes), so that a program can still append to it. In bytes of UTF-8. */
const MAX_NAME_BYTES = 200;

const DEFAULT_NAME = 'document.pdf';

/** They can make a name look like another one: control and format characters, fillers, lone surrogates. */
const INVISIBLE_CHARACTERS = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}\u2800\ufff0-\ufffd]/gu;

/** Not allowed on Windows, where an employee may want to save the document. */
const FORBIDDEN_CHARACTERS = /[<>:"|?*]/g;
const RESERVED_NAMES = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\s*(\.|$))/i;

/**
 * The name under which an uploaded file is stored: its original name, made valid for every file system and for a document in
 * a signing request. Only the last part of a path is kept.
 */
export function sanitizeFileName(original: string | undefined): string {
  const last = (original ?? '').split(/[/\\]/).at(-1) ?? '';
  const visible = last
    .normalize('NFC')
    .replaceAll(INVISIBLE_CHARACTERS, '')
    .replaceAll(FORBIDDEN_CHARACTERS, '_');
  const plain = trimDotsAndSpaces(visible.replaceAll(/\s+/g, ' ')).replace(RESERVED_NAMES, '_$1');
  const name = trimDotsAndSpaces(shorten(plain));
  return name === '' ? DEFAULT_NAME : name;
}

/** Leading dots hide a file; Windows drops trailing dots and spaces. */
function trimDotsAndSpaces(name: string): string {
  return name.replace(/^[. ]+/, '').replace(/[. ]+$/, '');
}

/** Keeps the extension. */
function shorten(name: string): string {
  const [extension = ''] = /\.[A-Za-z0-9]{1,10}$/.exec(name) ?? [];
  const stem = name.slice(0, name.length - extension.length);
  return truncateToBytes(MAX_NAME_BYTES - extension.length, stem) + extension;
}

function truncateToBytes(bytes: number, text: string): string {
  let left = bytes;
  let kept = '';
  for (const character of text) {
    left -= Buffer.byteLength(character);
    if (left < 0) return kept;
    kept += character;
  }
  return kept;
}
