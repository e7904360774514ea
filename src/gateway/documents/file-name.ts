/** Below what file systems take (255 bytes), so that a program may still add something to it. In bytes of UTF-8. */
const LONGEST = 200;

const NAMELESS = 'document.pdf';

/** What nobody sees, which can make a name look like another one: control and format characters, fillers, halves of pairs. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}\u2800\ufff0-\ufffd]/gu;

/** What Windows does not allow in a name, where an employee may want to save the document. */
const FORBIDDEN = /[<>:"|?*]/g;
const RESERVED = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\s*(\.|$))/i;

/**
 * The name under which an uploaded file is kept: what it was called, made fit for every file system and for the name of a
 * document in a signing request. A path is reduced to its last part.
 */
export function safeFileName(given: string | undefined): string {
  const last = (given ?? '').split(/[/\\]/).at(-1) ?? '';
  const visible = last.normalize('NFC').replaceAll(INVISIBLE, '').replaceAll(FORBIDDEN, '_');
  const plain = withoutEdges(visible.replaceAll(/\s+/g, ' ')).replace(RESERVED, '_$1');
  const name = withoutEdges(shortened(plain));
  return name === '' ? NAMELESS : name;
}

/** Leading dots hide a file, dots and spaces at the end are lost on Windows. */
function withoutEdges(name: string): string {
  return name.replace(/^[. ]+/, '').replace(/[. ]+$/, '');
}

/** Shortened before its extension. */
function shortened(name: string): string {
  const [extension = ''] = /\.[A-Za-z0-9]{1,10}$/.exec(name) ?? [];
  const stem = name.slice(0, name.length - extension.length);
  return upTo(LONGEST - extension.length, stem) + extension;
}

function upTo(bytes: number, text: string): string {
  let left = bytes;
  let kept = '';
  for (const sign of text) {
    left -= Buffer.byteLength(sign);
    if (left < 0) return kept;
    kept += sign;
  }
  return kept;
}
