import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, rm, utimes } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import type { SigningRequest } from '../../domain/request.js';
import { getErrorCode } from '../../shared/errors.js';

/**
 * Keeps the uploads that a request names for another day. Call it before the start: the list of signings shows a new one only
 * later. Ignores missing uploads; the signing's check of the documents reports them.
 */
export async function refreshUploadExpiry(
  area: UploadArea,
  { documents }: Pick<SigningRequest, 'documents'>,
): Promise<void> {
  const now = new Date();
  for (const { source } of documents) {
    const id = parseUploadId(source, area);
    if (id === undefined) continue;
    await utimes(join(getUploadFolder(area), id), now, now).catch((error: unknown) => {
      if (!['ENOENT', 'ENOTDIR'].includes(getErrorCode(error, ''))) throw error;
    });
  }
}

/**
 * Where one tenant's uploads are, below the document root: `uploads/{namespace}/{task queue}/{upload}/{file name}`. No other
 * namespace or task queue shares it.
 */
export interface UploadArea {
  readonly root: string;
  readonly namespace: string;
  readonly taskQueue: string;
}

/** The end of a folder's name until its upload is committed. */
export const PARTIAL_SUFFIX = '.part';

/** One upload in progress. */
export interface Upload {
  /** The file to write to. */
  readonly path: string;
  /** Moves the file to its final place and returns the source that names it in a request. */
  commit(): Promise<string>;
  /** Removes it. */
  discard(): Promise<void>;
}

/** The folders from the document root to the uploads, the outermost first. */
export function getUploadFolders({ root, namespace, taskQueue }: UploadArea): [string, string, string] {
  const all = join(resolve(root), ROOT_FOLDER);
  const ofNamespace = join(all, encodeFolderName(namespace));
  return [all, ofNamespace, join(ofNamespace, encodeFolderName(taskQueue))];
}

export function getUploadFolder(area: UploadArea): string {
  return getUploadFolders(area)[2];
}

const ROOT_FOLDER = 'uploads';

/** Distinct for distinct names, even on a case-insensitive file system; never `.` or `..`. */
function encodeFolderName(name: string): string {
  const encode = (character: string): string =>
    Buffer.from(character).toString('hex').replaceAll(/../g, '%$&');
  return name.replaceAll(/[^a-z0-9_-]/gu, encode);
}

/**
 * Begins an upload with this file name, which must be safe. Its source cannot be guessed. The folder of an employee's upload
 * records its owner.
 */
export async function createUpload(area: UploadArea, name: string, employeeId?: string): Promise<Upload> {
  const id = `${randomUUID()}${employeeId === undefined ? '' : ownerSuffix(employeeId)}`;
  const finalFolder = join(getUploadFolder(area), id);
  const partialFolder = finalFolder + PARTIAL_SUFFIX;
  // Only owner and group may read documents.
  await mkdir(partialFolder, { recursive: true, mode: 0o750 });
  return {
    path: join(partialFolder, name),
    commit: async () => {
      await rename(partialFolder, finalFolder);
      return `${getSourcePrefix(area)}/${id}/${name}`;
    },
    discard: () => rm(partialFolder, { recursive: true, force: true }),
  };
}

/** The end of the folder's name, which marks an employee's upload. */
function ownerSuffix(employeeId: string): string {
  return `.${createHash('sha256').update(employeeId).digest('hex').slice(0, 32)}`;
}

/** The folder name of a committed upload. */
export const UPLOAD_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\.[0-9a-f]{32})?$/;

function getSourcePrefix(area: UploadArea): string {
  return `file:${relative(resolve(area.root), getUploadFolder(area)).split(sep).join('/')}`;
}

/** Whether a source names an upload of this employee. Checks the text only, so the result does not reveal whether it exists. */
export function isOwnUpload(employeeId: string, source: string, area: UploadArea): boolean {
  const start = `${getSourcePrefix(area)}/`;
  const [id = '', name = '', ...more] = source.slice(start.length).split('/');
  const isPlain = more.length === 0 && !['', '.', '..'].includes(name);
  return source.startsWith(start) && isPlain && UPLOAD_ID.test(id) && id.endsWith(ownerSuffix(employeeId));
}

/** The folder name of the upload that a source names; `undefined` if it is not an upload of this tenant. */
export function parseUploadId(source: string, area: UploadArea): string | undefined {
  if (!source.startsWith('file:')) return undefined;
  const path = relative(getUploadFolder(area), resolve(area.root, source.slice('file:'.length)));
  const [id] = path.split(sep);
  return id === '' || id === '..' ? undefined : id;
}
