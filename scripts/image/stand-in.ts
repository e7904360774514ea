import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCommand, withProgressLog } from '../processes/commands.js';
import { getOrCreateCached, installPinnedPackages } from '../tools/cache.js';
import { findNode } from '../tools/node-versions.js';

const PACKAGES_FOLDER = path.resolve(__dirname, '../../../scripts/tools/packages');
const DEBIAN_SUITE = 'bookworm';
/** As in Debian's images: no pages to read, and no copy of the lists of packages. */
const EXCLUDED_FOLDERS = ['/usr/share/man', '/usr/share/doc', '/usr/share/locale'];
const APT_OPTIONS = ['Acquire::Languages "none"', 'Dir::Cache::pkgcache ""', 'Dir::Cache::srcpkgcache ""'];
/** The new system's root, in a hook of mmdebstrap. */
const ROOT = '"$1"';

/** The root file system of an image for Node 24 on Debian 12, as one file, and how to use it. */
export interface StandIn {
  readonly archive: string;
  /** Changes with its contents' recipe. */
  readonly version: string;
}

/**
 * Debian's smallest system with Node 24, npm and the user `node` (1000), made from Debian's packages and npm's, and kept in
 * the machine's cache. @throws Error with one sentence if a package cannot be downloaded
 */
export async function createStandIn(): Promise<StandIn> {
  const version = hashRecipe();
  const folder = await getOrCreateCached(`node-image-${version}`, (target) =>
    withProgressLog(
      'Making a base image from the packages of Debian and npm: about a minute, once per machine.',
      writeArchive(path.join(target, 'root.tar')),
    ),
  );
  return { archive: path.join(folder, 'root.tar'), version };
}

/** Of the pinned versions and of this file. */
function hashRecipe(): string {
  const hash = createHash('sha256').update(readFileSync(__filename));
  for (const name of ['node', 'npm'])
    hash.update(readFileSync(path.join(PACKAGES_FOLDER, name, 'package-lock.json')));
  return hash.digest('hex').slice(0, 16);
}

async function writeArchive(archive: string): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'node-image-'));
  try {
    await installPinnedPackages('npm', folder, process.env);
    const npm = path.join(folder, 'node_modules/npm');
    const hooks = listHooks(await findNode(24), npm).map((hook) => `--customize-hook=${hook}`);
    const args = ['--quiet', '--variant=minbase', '--include=netbase,tzdata', '--skip=output/dev'];
    const options = [
      ...APT_OPTIONS.map((option) => `--aptopt=${option}`),
      ...EXCLUDED_FOLDERS.map((name) => `--dpkgopt=path-exclude=${name}/*`),
    ];
    const command = ['mmdebstrap', ...args, ...options, ...hooks, DEBIAN_SUITE, archive];
    await runCommand('nice', ['-n', '10', ...command]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Commands that mmdebstrap runs at its end: its own ones, or those of a shell, to which `$1` is the new root. */
function listHooks(node: string, npm: string): string[] {
  const modules = '/usr/local/lib/node_modules';
  return [
    `upload ${node} /usr/local/bin/node`,
    `chmod 755 ${ROOT}/usr/local/bin/node`,
    `mkdir -p ${ROOT}${modules}`,
    `copy-in ${npm} ${modules}`,
    ...['npm', 'npx'].map(
      (name) => `ln -s ../lib/node_modules/npm/bin/${name}-cli.js ${ROOT}/usr/local/bin/${name}`,
    ),
    `chroot ${ROOT} groupadd --gid 1000 node`,
    `chroot ${ROOT} useradd --uid 1000 --gid node --shell /bin/bash --create-home node`,
  ];
}
