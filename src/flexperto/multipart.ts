import { randomUUID } from 'node:crypto';

/** A file on its way to the upload host; `content` yields exactly `bytes` bytes. */
export interface UploadContent {
  readonly name: string;
  readonly bytes: number;
  readonly content: AsyncIterable<Uint8Array>;
}

/**
 * A `multipart/form-data` body with the one field `file` (RFC 7578), as a stream of known length. FormData with a Blob
 * would hold the whole document in memory.
 */
export function createMultipartBody({ name, bytes, content }: UploadContent): {
  headers: Record<string, string>;
  body: AsyncIterable<Uint8Array>;
} {
  const boundary = `signing-${randomUUID()}`;
  const head = Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${escapeFileName(name)}"\r\n` +
      'Content-Type: application/pdf\r\n\r\n',
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  return {
    headers: {
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': String(head.length + bytes + tail.length),
    },
    body: (async function* () {
      yield head;
      yield* content;
      yield tail;
    })(),
  };
}

/** As browsers do it (WHATWG HTML, multipart/form-data encoding algorithm). */
function escapeFileName(name: string): string {
  return name.replace(/"/g, '%22').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
}
