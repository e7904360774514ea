import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from './commands.js';

/** Where the network refuses the download this is known at once; a network that swallows it must not hold us up. */
const DOWNLOAD_SECONDS = 60;

/**
 * Downloads a server by the Temporal SDK's own way and leaves it as the file `target`.
 * Throws within a minute where that is not possible, and then leaves nothing behind.
 */
export async function downloadWithSdk(
  kind: 'cli' | 'time-skipping',
  version: string,
  target: string,
): Promise<void> {
  const folder = mkdtempSync(`${target}.download-`);
  try {
    const script = path.join(__dirname, 'sdk-download.js');
    await runCommand(process.execPath, [script, kind, version, folder], { timeoutSeconds: DOWNLOAD_SECONDS });
    const downloaded = readdirSync(folder).find((file) => file.startsWith('temporal-'));
    if (downloaded === undefined) throw new Error('The SDK has started a server but left no file.');
    renameSync(path.join(folder, downloaded), target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
