import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { MAX_TOTAL_BYTES } from '../domain/request.js';
import type { CheckedDocument } from '../domain/request.js';
import { parseHostAllowlist } from '../shared/http/host-allowlist.js';
import type { ProxyConfig } from '../shared/http/proxy-config.js';
import { DocumentChangedError, DocumentUnavailableError } from './errors.js';
import { readFileInChunks, resolveFile } from './file-source.js';
import { createHttpsSource } from './https-source.js';

export interface SourceOptions {
  /** The folder of `file:` sources; all workers of a task queue must see the same files there. */
  readonly root: string;
  /** The hosts of `https:` sources, see `parseHostAllowlist`. */
  readonly hosts: readonly string[];
  readonly proxies?: ProxyConfig | undefined;
  readonly ca?: string;
}

/** The source of a document, and the bytes that it must have. */
export type DocumentToRead = Pick<CheckedDocument, 'source'> & ExpectedContent;

/** Reads documents from their sources. All methods throw `DocumentUnavailableError`. */
export interface Sources {
  /** Calls `use` with the path of a local file. The file of a fetched document is deleted afterwards. */
  withFile<Result>(
    source: string,
    use: (path: string) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result>;
  /** The bytes of a checked document. Reading also throws `DocumentChangedError`. */
  read(document: DocumentToRead, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

export function createSources({ root, hosts, proxies, ca }: SourceOptions): Sources {
  const https = createHttpsSource({
    hosts: parseHostAllowlist(hosts),
    proxies,
    ...(ca === undefined ? {} : { ca }),
  });

  const readFileSource = async function* (
    document: DocumentToRead,
    signal?: AbortSignal,
  ): AsyncIterable<Uint8Array> {
    const path = await resolveFile(document.source, root);
    yield* verifyContent(readFileInChunks(path, signal), document);
  };

  return {
    withFile: async (source, use, signal) => {
      if (source.startsWith('https:')) return withDownload(https.read(source, signal), use);
      const path = await resolveFile(source, root);
      if ((await stat(path)).size > MAX_TOTAL_BYTES) throw createTooLargeError();
      return use(path);
    },
    read: (document, signal) =>
      document.source.startsWith('https:')
        ? verifyContent(https.read(document.source, signal), document)
        : readFileSource(document, signal),
    close: () => https.close(),
  };
}

async function withDownload<Result>(
  content: AsyncIterable<Uint8Array>,
  use: (path: string) => Promise<Result>,
): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'signing-'));
  try {
    const path = join(directory, 'document');
    await pipeline(limitSize(content), createWriteStream(path, { mode: 0o600 }));
    return await use(path);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function* limitSize(content: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let bytes = 0;
  for await (const chunk of content) {
    bytes += chunk.length;
    if (bytes > MAX_TOTAL_BYTES) throw createTooLargeError();
    yield chunk;
  }
}

function createTooLargeError(): DocumentUnavailableError {
  return new DocumentUnavailableError('is larger than the 50 MB that all documents together may have', false);
}

/** The bytes that a document had when it was checked. */
export interface ExpectedContent {
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Passes on the bytes and compares their size and SHA-256 with the check. The last chunk waits for the result, so that a
 * changed document never arrives whole.
 * @throws DocumentChangedError
 */
export async function* verifyContent(
  content: AsyncIterable<Uint8Array>,
  expected: ExpectedContent,
): AsyncIterable<Uint8Array> {
  const hash = createHash('sha256');
  let bytes = 0;
  let heldBack: Uint8Array | undefined;
  for await (const chunk of content) {
    // Holding back an empty chunk would hold back nothing.
    if (chunk.length === 0) continue;
    hash.update(chunk);
    bytes += chunk.length;
    if (bytes > expected.bytes) throw createChangedError('it is longer');
    if (heldBack !== undefined) yield heldBack;
    heldBack = chunk;
  }
  if (bytes < expected.bytes) throw createChangedError('it is shorter');
  if (hash.digest('hex') !== expected.sha256) throw createChangedError('its bytes are others');
  if (heldBack !== undefined) yield heldBack;
}

function createChangedError(reason: string): DocumentChangedError {
  return new DocumentChangedError(`has changed since it was checked: ${reason}`);
}
