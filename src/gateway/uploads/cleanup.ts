import type { FastifyInstance } from 'fastify';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { getErrorCode } from '../../shared/errors.js';
import type { GatewayMetrics } from '../metrics.js';
import { PARTIAL_SUFFIX, UPLOAD_ID, type UploadArea, getUploadFolder, parseUploadId } from './storage.js';

const CLEANUP_INTERVAL_MS = 60 * 60_000;

/** Removes unused uploads when the gateway starts and every hour, until it closes. */
export function scheduleCleanup(
  app: FastifyInstance,
  options: CleanupOptions,
  { countCleanup }: Pick<GatewayMetrics, 'countCleanup'>,
): void {
  let last = Promise.resolve();
  const cleanUp = (): void => {
    last = last.then(async () => {
      try {
        const removed = await removeUnusedUploads(options);
        countCleanup(removed);
        if (removed > 0) app.log.info({ removed }, 'unused uploads removed');
      } catch (error) {
        countCleanup(undefined);
        app.log.warn({ error }, 'the cleanup of the uploads failed; the uploads of signings are safe');
      }
    });
  };
  const timer = setInterval(cleanUp, CLEANUP_INTERVAL_MS).unref();
  app.addHook('onReady', cleanUp);
  app.addHook('onClose', async () => {
    clearInterval(timer);
    await last;
  });
}

const HOUR_MS = 60 * 60_000;

/** How long an unused upload is kept after its completion or after the last request that named it. */
const UPLOAD_TTL_MS = 24 * HOUR_MS;

/** Longer than any upload takes: an older partial upload belongs to a gateway that crashed. */
const PARTIAL_TTL_MS = HOUR_MS;

const REMOVED_SUFFIX = '.removed';

export interface CleanupOptions {
  readonly area: UploadArea;
  /** The sources of signings that may still need them. Called only if an upload is old enough to be removed. */
  readonly listActiveSources: () => Promise<ReadonlySet<string>>;
}

/**
 * Removes unused uploads that are older than a day, and the remains of interrupted uploads. Several gateways may clean up the
 * same area concurrently. Ignores all other files. If `listActiveSources` fails, it removes no upload. Returns how many it
 * removed.
 */
export async function removeUnusedUploads({ area, listActiveSources }: CleanupOptions): Promise<number> {
  const folder = getUploadFolder(area);
  const names = await readdir(folder);
  for (const name of names.filter(isLeftover)) {
    if (await isOlderThan(join(folder, name), PARTIAL_TTL_MS)) await remove(join(folder, name));
  }
  const expired = new Set<string>();
  for (const name of names.filter((one) => UPLOAD_ID.test(one))) {
    if (await isOlderThan(join(folder, name), UPLOAD_TTL_MS)) expired.add(name);
  }
  if (expired.size === 0) return 0;
  for (const source of await listActiveSources()) expired.delete(parseUploadId(source, area) ?? '');
  let removed = 0;
  for (const name of expired) if (await removeUpload(join(folder, name))) removed += 1;
  return removed;
}

function isLeftover(name: string): boolean {
  return [PARTIAL_SUFFIX, REMOVED_SUFFIX].some(
    (end) => name.endsWith(end) && UPLOAD_ID.test(name.slice(0, -end.length)),
  );
}

/** Renames it first, then checks its age again: a concurrent request has either refreshed it before, or misses it. */
async function removeUpload(path: string): Promise<boolean> {
  const removedPath = path + REMOVED_SUFFIX;
  if (!(await exists(rename(path, removedPath)))) return false;
  if (!(await isOlderThan(removedPath, UPLOAD_TTL_MS))) {
    await rename(removedPath, path);
    return false;
  }
  await remove(removedPath);
  return true;
}

async function remove(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}

async function isOlderThan(path: string, ms: number): Promise<boolean> {
  const found = stat(path).then(({ mtimeMs }) => mtimeMs);
  return (await exists(found)) && Date.now() - (await found) > ms;
}

/** False if the path is gone: another gateway may have removed it. */
async function exists(operation: Promise<unknown>): Promise<boolean> {
  try {
    await operation;
    return true;
  } catch (error) {
    if (getErrorCode(error, '') === 'ENOENT') return false;
    throw error;
  }
}
