import { utimes, mkdir, rename, rm } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { getErrorCode } from '../../shared/errors.js';
import type { SigningRequest } from '../../domain/request.js';
import { createHash, randomUUID } from 'node:crypto';

/**
 * Keeps the uploads that a request names for another day, whatever else is wrong with it. To be called before a session is
 * started, which the list of sessions shows only later. What is not there is for the session's own check to report.
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
 * Where one tenant's uploads lie: below the document root, apart from those of every other namespace and task queue. Each
 * has a folder: `uploads/{namespace}/{task queue}/{upload}/{file name}`.
 */
export interface UploadArea {
  readonly root: string;
  readonly namespace: string;
  readonly taskQueue: string;
}

/** What an upload's folder is called until it is complete. */
export const PARTIAL_SUFFIX = '.part';

/** One upload on its way. */
export interface Upload {
  /** Where its file is to be written. */
  readonly path: string;
  /** Gives the file its place, and returns the source by which a request names it. */
  commit(): Promise<string>;
  /** Leaves nothing of it. */
  discard(): Promise<void>;
}

/** The folders that lead to the uploads, the outermost first. */
export function getUploadFolders({ root, namespace, taskQueue }: UploadArea): [string, string, string] {
  const all = join(resolve(root), ROOT_FOLDER);
  const ofNamespace = join(all, encodeFolderName(namespace));
  return [all, ofNamespace, join(ofNamespace, encodeFolderName(taskQueue))];
}

export function getUploadFolder(area: UploadArea): string {
  return getUploadFolders(area)[2];
}

const ROOT_FOLDER = 'uploads';

/** The same for no two names, also where a file system does not tell letters by their case; never `.` or `..`. */
function encodeFolderName(name: string): string {
  const encode = (character: string): string =>
    Buffer.from(character).toString('hex').replaceAll(/../g, '%$&');
  return name.replaceAll(/[^a-z0-9_-]/gu, encode);
}

/**
 * Begins an upload of this name, which must be a safe one. Nobody can know its address before it is kept. The upload of
 * an employee remembers whose it is.
 */
export async function createUpload(area: UploadArea, name: string, employeeId?: string): Promise<Upload> {
  const id = `${randomUUID()}${employeeId === undefined ? '' : ownerSuffix(employeeId)}`;
  const finalFolder = join(getUploadFolder(area), id);
  const partialFolder = finalFolder + PARTIAL_SUFFIX;
  // Owner and group: documents are nobody else's.
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

/** The end of the folder's name, by which an employee's upload is told from all others. */
function ownerSuffix(employeeId: string): string {
  return `.${createHash('sha256').update(employeeId).digest('hex').slice(0, 32)}`;
}

/** What the folder of an upload is called, once it is kept. */
export const UPLOAD_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\.[0-9a-f]{32})?$/;

function getSourcePrefix(area: UploadArea): string {
  return `file:${relative(resolve(area.root), getUploadFolder(area)).split(sep).join('/')}`;
}

/** Whether a source is as this employee's uploads were given out. Looks at no file, so the answer tells of none. */
export function isOwnUpload(employeeId: string, source: string, area: UploadArea): boolean {
  const start = `${getSourcePrefix(area)}/`;
  const [id = '', name = '', ...more] = source.slice(start.length).split('/');
  const isPlain = more.length === 0 && !['', '.', '..'].includes(name);
  return source.startsWith(start) && isPlain && UPLOAD_ID.test(id) && id.endsWith(ownerSuffix(employeeId));
}

/** The folder's name of the upload in which a source lies; `undefined` where it is no upload of this tenant. */
export function parseUploadId(source: string, area: UploadArea): string | undefined {
  if (!source.startsWith('file:')) return undefined;
  const path = relative(getUploadFolder(area), resolve(area.root, source.slice('file:'.length)));
  const [id] = path.split(sep);
  return id === '' || id === '..' ? undefined : id;
}
