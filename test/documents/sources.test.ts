import fc from 'fast-check';
import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DocumentChangedError, DocumentUnavailableError } from '../../src/documents/errors.js';
import {
  type DocumentToRead,
  type ExpectedContent,
  type Sources,
  createSources,
  verifyContent,
} from '../../src/documents/sources.js';
import { captureRejection, readStream } from '../support/async-helpers.js';

let folder: string;
let sources: Sources;

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const resolvePath = (source: string): Promise<string> =>
  sources.withFile(source, (path) => Promise.resolve(path));
const problemOf = async (source: string): Promise<string> => {
  const error = await captureRejection(resolvePath(source));
  if (!(error instanceof DocumentUnavailableError)) throw error;
  return `${error.isTransient ? 'transient: ' : ''}${error.message}`;
};
const expectSha256 = (bytes: Uint8Array): ExpectedContent => ({ bytes: bytes.length, sha256: sha256(bytes) });
const documentOf = (source: string, bytes: Uint8Array): DocumentToRead => ({
  source,
  ...expectSha256(bytes),
});

/** Root may read everything, so under root the test runs as another user. */
async function runUnprivileged<Result>(task: () => Promise<Result>): Promise<Result> {
  if (process.geteuid?.() !== 0) return task();
  process.seteuid?.(65_534);
  try {
    return await task();
  } finally {
    process.seteuid?.(0);
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'documents-test-'));
  await chmod(folder, 0o755);
  await mkdir(join(folder, 'root/customers'), { recursive: true });
  await mkdir(join(folder, 'root-of-others'));
  await writeFile(join(folder, 'root/contract.pdf'), 'contract');
  await writeFile(join(folder, 'root/customers/8f1c.pdf'), 'customer');
  await writeFile(join(folder, 'secret.pdf'), 'secret');
  await writeFile(join(folder, 'root-of-others/secret.pdf'), 'secret');
  await symlink('../contract.pdf', join(folder, 'root/customers/link.pdf'));
  await symlink('../../secret.pdf', join(folder, 'root/customers/leak.pdf'));
  await symlink(folder, join(folder, 'root/up'));
  await symlink('round.pdf', join(folder, 'root/round.pdf'));
  sources = createSources({ root: join(folder, 'root'), hosts: [] });
});
afterAll(async () => {
  await sources.close();
  await rm(folder, { recursive: true });
});

test.each([
  'file:contract.pdf',
  'file:customers/8f1c.pdf',
  'file:./customers/../contract.pdf',
  'file:customers/link.pdf',
])('%s is read: it lies below the document root', async (source) => {
  expect(await resolvePath(source)).toMatch(/root\/(contract|customers\/8f1c)\.pdf$/);
});

test.each([
  'file:../secret.pdf', 'file:customers/../../secret.pdf', 'file:../root-of-others/secret.pdf', 'file:customers/leak.pdf',
  'file:up/secret.pdf', 'file:up', 'file:..', 'file:.',
])('%s is refused: neither a link nor .. leaves the document root', async (source) => {
  expect(await problemOf(source)).toBe('lies outside the document root');
}); // prettier-ignore

test.each([
  ['file:missing.pdf', 'was not found below the document root'],
  ['file:contract.pdf/more.pdf', 'was not found below the document root'],
  ['file:customers', 'is not a file'],
  ['file:round.pdf', 'transient: could not be read (ELOOP)'],
])('%s %s', async (source, problem) => {
  expect(await problemOf(source)).toBe(problem);
});

test('a missing document root is transient, because a disk may be mounted late', async () => {
  const elsewhere = createSources({ root: join(folder, 'missing'), hosts: [] });
  const error = await captureRejection(elsewhere.withFile('file:a.pdf', () => Promise.resolve()));
  expect(error).toMatchObject({
    message: 'cannot be read: the document root is not there',
    isTransient: true,
  });
});

test('a file that the worker may not read is reported before the inspection', async () => {
  await writeFile(join(folder, 'root/locked.pdf'), 'locked');
  await chmod(join(folder, 'root/locked.pdf'), 0o000);
  expect(await runUnprivileged(() => problemOf('file:locked.pdf'))).toBe('may not be read by the worker');
});

test('a file larger than all documents together may be is refused without being read', async () => {
  await writeFile(join(folder, 'root/large.pdf'), '');
  await truncate(join(folder, 'root/large.pdf'), 50_000_001);
  expect(await problemOf('file:large.pdf')).toBe(
    'is larger than the 50 MB that all documents together may have',
  );
});

test('no problem of a source names a path of the machine', async () => {
  for (const source of ['file:missing.pdf', 'file:up/secret.pdf', 'file:round.pdf', 'file:customers']) {
    expect(await problemOf(source)).not.toContain(folder);
  }
});

test('a checked document is read unchanged in several chunks', async () => {
  const bytes = randomBytes(3 * 1024 * 1024 + 7);
  await writeFile(join(folder, 'root/three.pdf'), bytes);
  const read = await readStream(sources.read(documentOf('file:three.pdf', bytes)));
  expect(read.error).toBeUndefined();
  expect(sha256(read.bytes)).toBe(sha256(bytes));
});

test.each([
  ['longer', Buffer.alloc(3_000_001, 1)],
  ['shorter', Buffer.alloc(2_999_999, 1)],
  ['different', Buffer.alloc(3_000_000, 2)],
])('a document that has become %s since it was checked is never read to its end', async (_, now) => {
  const then = Buffer.alloc(3_000_000, 1);
  await writeFile(join(folder, 'root/changed.pdf'), now);
  const { bytes, error } = await readStream(sources.read(documentOf('file:changed.pdf', then)));
  expect(error).toBeInstanceOf(DocumentChangedError);
  expect((error as Error).message).toMatch(/^has changed since it was checked: /);
  expect(bytes.length).toBeLessThan(Math.min(now.length, then.length));
});

test('a document that is gone since its check is unavailable, not changed', async () => {
  const { error } = await readStream(sources.read(documentOf('file:gone.pdf', Buffer.from('gone'))));
  expect(error).toBeInstanceOf(DocumentUnavailableError);
});

test('reading ends with the reason of the signal that aborts it', async () => {
  const bytes = Buffer.alloc(3_000_000);
  await writeFile(join(folder, 'root/given-up.pdf'), bytes);
  const controller = new AbortController();
  const reason = new Error('the worker shuts down');
  controller.abort(reason);
  const { error } = await readStream(sources.read(documentOf('file:given-up.pdf', bytes), controller.signal));
  expect(error).toBe(reason);
});

async function* inChunks(chunks: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}
const chunks = fc.array(fc.uint8Array({ maxLength: 20 }));

test('verified bytes arrive unchanged in chunks of any size', () =>
  fc.assert(
    fc.asyncProperty(chunks, async (content) => {
      const whole = Buffer.concat(content);
      const read = await readStream(verifyContent(inChunks(content), expectSha256(whole)));
      expect(read).toEqual({ bytes: whole });
    }),
  ));

test('at least the last of changed bytes is held back in chunks of any size', () =>
  fc.assert(
    fc.asyncProperty(chunks, fc.uint8Array({ minLength: 1 }), async (content, expected) => {
      const whole = Buffer.concat(content);
      fc.pre(!whole.equals(expected));
      const { bytes, error } = await readStream(verifyContent(inChunks(content), expectSha256(expected)));
      expect(error).toBeInstanceOf(DocumentChangedError);
      expect(bytes.length).toBeLessThan(expected.length);
      expect(bytes.length).toBeLessThanOrEqual(Math.max(0, whole.length - 1));
    }),
  ));
