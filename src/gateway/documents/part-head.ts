import type { IncomingMessage } from 'node:http';

/** Above all headers of the one part; what lies behind them is the file. In bytes. */
const LONGEST_HEAD = 16 * 1024;

/**
 * The file name in the parameter `filename*` of a form's first part. `undefined` where there is no such parameter, `null`
 * where it cannot be read. The multipart parser overlooks it behind a `filename`, though it takes precedence (RFC 6266).
 * To be called before the parser reads the request, and the returned function once a part has come.
 */
export function watchExtendedFileName(request: IncomingMessage): () => string | null | undefined {
  let head = Buffer.alloc(0);
  const look = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk.subarray(0, LONGEST_HEAD - head.length)]);
    if (head.length === LONGEST_HEAD || head.includes('\r\n\r\n')) request.off('data', look);
  };
  request.on('data', look);
  return () => extendedFileName(head.toString('latin1').split('\r\n\r\n')[0] ?? '');
}

/** `head` has one character for each byte. */
export function extendedFileName(head: string): string | null | undefined {
  const [, disposition = ''] = /^content-disposition:(.*)$/im.exec(head) ?? [];
  for (const [, name = '', value = ''] of disposition.matchAll(PARAMETER))
    if (name.toLowerCase() === 'filename*') return decodedValue(value.trim());
  return undefined;
}

/** Source: RFC 2183 and RFC 8187. A quoted value may hold semicolons. */
const PARAMETER = /;\s*([^=;\s"]+)\s*=\s*("(?:\\.|[^"\\])*"|[^;]*)/g;

/** `UTF-8''na%C3%AFve.pdf`; the charset may be ISO-8859-1 too. */
function decodedValue(value: string): string | null {
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
