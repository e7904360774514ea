import type { FastifyInstance } from 'fastify';
import type { GatewayMetrics } from '../metrics.js';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { getErrorCode } from '../../shared/errors.js';
import { PARTIAL_SUFFIX, UPLOAD_ID, getUploadFolder, parseUploadId, type UploadArea } from './storage.js';

const CLEANUP_INTERVAL_MS = 60 * 60_000;

/** Sweeps the uploads when the gateway starts and every hour, until it closes. */
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
        if (removed > 0) app.log.info({ removed }, 'uploads removed that no session uses');
      } catch (error) {
        countCleanup(undefined);
        app.log.warn({ error }, 'the uploads could not be swept; those of sessions are safe');
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

/** How long an upload is kept that no session uses, from its end or from the last request that named it. */
const UPLOAD_TTL_MS = 24 * HOUR_MS;

/** Longer than an upload can take: what is still partial then was left behind by a gateway that broke off. */
const PARTIAL_TTL_MS = HOUR_MS;

const REMOVED_SUFFIX = '.removed';

export interface CleanupOptions {
  readonly area: UploadArea;
  /** The sources of sessions that may still need them. Asked only where something is old enough to go. */
  readonly listActiveSources: () => Promise<ReadonlySet<string>>;
}

/**
 * Removes uploads older than a day that no session uses, and what broken uploads have left. Several may sweep the same area
 * at once; those of other tenants lie elsewhere. Where `sourcesInUse` fails, no upload is removed. Returns how many were removed; leaves all other files alone.
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

/** Out of reach first: a request that named it at this very moment has either touched it before, or comes too late. */
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

/** Another gateway may have been quicker. */
async function exists(operation: Promise<unknown>): Promise<boolean> {
  try {
    await operation;
    return true;
  } catch (error) {
    if (getErrorCode(error, '') === 'ENOENT') return false;
    throw error;
  }
}
