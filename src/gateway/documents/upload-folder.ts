import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';

/** Uploads lie below the document root, each in a folder of its own: `uploads/{uuid}/{file name}`. */
const FOLDER = 'uploads';

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

export function uploadFolder(root: string): string {
  return join(resolve(root), FOLDER);
}

/** Begins an upload of this name, which must be a safe one. Nobody can know its address before it is kept. */
export async function beginUpload(root: string, name: string): Promise<Upload> {
  const id = randomUUID();
  const place = join(uploadFolder(root), id);
  const folder = place + PARTIAL;
  // Owner and group: documents are nobody else's.
  await mkdir(folder, { recursive: true, mode: 0o750 });
  return {
    path: join(folder, name),
    keep: async () => {
      await rename(folder, place);
      return `file:${FOLDER}/${id}/${name}`;
    },
    discard: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The folder's name of the upload in which a source lies; `undefined` where it is no upload. */
export function uploadOf(source: string, root: string): string | undefined {
  if (!source.startsWith('file:')) return undefined;
  const path = relative(uploadFolder(root), resolve(root, source.slice('file:'.length)));
  const [id] = path.split(sep);
  return id === '' || id === '..' ? undefined : id;
}
