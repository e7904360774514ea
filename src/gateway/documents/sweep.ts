import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../../network/error-code.js';
import { PARTIAL, UPLOAD, uploadFolder, uploadOf, type UploadArea } from './upload-folder.js';

const HOUR_MS = 60 * 60_000;

/** How long an upload is kept that no session uses, from its end or from the last request that named it. */
const KEPT_MS = 24 * HOUR_MS;

/** Longer than an upload can take: what is still partial then was left behind by a gateway that broke off. */
const PARTIAL_KEPT_MS = HOUR_MS;

const REMOVED = '.removed';

export interface Sweeping {
  readonly area: UploadArea;
  /** The sources of sessions that may still need them. Asked only where something is old enough to go. */
  readonly sourcesInUse: () => Promise<ReadonlySet<string>>;
}

/**
 * Removes uploads older than a day that no session uses, and what broken uploads have left. Several may sweep the same area
 * at once; those of other tenants lie elsewhere. Where `sourcesInUse` fails, no upload is removed. Returns how many were removed; leaves all other files alone.
 */
export async function sweepUploads({ area, sourcesInUse }: Sweeping): Promise<number> {
  const folder = uploadFolder(area);
  const names = await readdir(folder);
  for (const name of names.filter(isLeftOver)) {
    if (await isOlder(join(folder, name), PARTIAL_KEPT_MS)) await remove(join(folder, name));
  }
  const old = new Set<string>();
  for (const name of names.filter((one) => UPLOAD.test(one))) {
    if (await isOlder(join(folder, name), KEPT_MS)) old.add(name);
  }
  if (old.size === 0) return 0;
  for (const source of await sourcesInUse()) old.delete(uploadOf(source, area) ?? '');
  let removed = 0;
  for (const name of old) if (await removeUpload(join(folder, name))) removed += 1;
  return removed;
}

function isLeftOver(name: string): boolean {
  return [PARTIAL, REMOVED].some((end) => name.endsWith(end) && UPLOAD.test(name.slice(0, -end.length)));
}

/** Out of reach first: a request that named it at this very moment has either touched it before, or comes too late. */
async function removeUpload(path: string): Promise<boolean> {
  const away = path + REMOVED;
  if (!(await isThere(rename(path, away)))) return false;
  if (!(await isOlder(away, KEPT_MS))) {
    await rename(away, path);
    return false;
  }
  await remove(away);
  return true;
}

async function remove(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}

async function isOlder(path: string, ms: number): Promise<boolean> {
  const found = stat(path).then(({ mtimeMs }) => mtimeMs);
  return (await isThere(found)) && Date.now() - (await found) > ms;
}

/** Another gateway may have been quicker. */
async function isThere(looking: Promise<unknown>): Promise<boolean> {
  try {
    await looking;
    return true;
  } catch (error) {
    if (codeOf(error, '') === 'ENOENT') return false;
    throw error;
  }
}
