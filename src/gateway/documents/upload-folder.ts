import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';

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
export const PARTIAL = '.part';

/** One upload on its way. */
export interface Upload {
  /** Where its file is to be written. */
  readonly path: string;
  /** Gives the file its place, and returns the source by which a request names it. */
  keep(): Promise<string>;
  /** Leaves nothing of it. */
  discard(): Promise<void>;
}

/** The folders that lead to the uploads, the outermost first. */
export function uploadFolders({ root, namespace, taskQueue }: UploadArea): [string, string, string] {
  const all = join(resolve(root), FOLDER);
  const ofNamespace = join(all, folderName(namespace));
  return [all, ofNamespace, join(ofNamespace, folderName(taskQueue))];
}

export function uploadFolder(area: UploadArea): string {
  return uploadFolders(area)[2];
}

const FOLDER = 'uploads';

/** The same for no two names, also where a file system does not tell letters by their case; never `.` or `..`. */
function folderName(name: string): string {
  const encode = (sign: string): string => Buffer.from(sign).toString('hex').replaceAll(/../g, '%$&');
  return name.replaceAll(/[^a-z0-9_-]/gu, encode);
}

/**
 * Begins an upload of this name, which must be a safe one. Nobody can know its address before it is kept. The upload of
 * an employee remembers whose it is.
 */
export async function beginUpload(area: UploadArea, name: string, employeeId?: string): Promise<Upload> {
  const id = `${randomUUID()}${employeeId === undefined ? '' : markOf(employeeId)}`;
  const place = join(uploadFolder(area), id);
  const folder = place + PARTIAL;
  // Owner and group: documents are nobody else's.
  await mkdir(folder, { recursive: true, mode: 0o750 });
  return {
    path: join(folder, name),
    keep: async () => {
      await rename(folder, place);
      return `${sourceFolder(area)}/${id}/${name}`;
    },
    discard: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The end of the folder's name, by which an employee's upload is told from all others. */
function markOf(employeeId: string): string {
  return `.${createHash('sha256').update(employeeId).digest('hex').slice(0, 32)}`;
}

/** What the folder of an upload is called, once it is kept. */
export const UPLOAD = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\.[0-9a-f]{32})?$/;

function sourceFolder(area: UploadArea): string {
  return `file:${relative(resolve(area.root), uploadFolder(area)).split(sep).join('/')}`;
}

/** Whether a source is as this employee's uploads were given out. Looks at no file, so the answer tells of none. */
export function isUploadOf(employeeId: string, source: string, area: UploadArea): boolean {
  const start = `${sourceFolder(area)}/`;
  const [id = '', name = '', ...more] = source.slice(start.length).split('/');
  const isPlain = more.length === 0 && !['', '.', '..'].includes(name);
  return source.startsWith(start) && isPlain && UPLOAD.test(id) && id.endsWith(markOf(employeeId));
}

/** The folder's name of the upload in which a source lies; `undefined` where it is no upload of this tenant. */
export function uploadOf(source: string, area: UploadArea): string | undefined {
  if (!source.startsWith('file:')) return undefined;
  const path = relative(uploadFolder(area), resolve(area.root, source.slice('file:'.length)));
  const [id] = path.split(sep);
  return id === '' || id === '..' ? undefined : id;
}
