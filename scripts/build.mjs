/**
 * Compiles to dist/ and bundles the workflows; does nothing while dist/ matches the sources.
 * Removes outputs whose source is gone (renamed, deleted), so that no stale test or module survives.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { withLock } from './lock.mjs';
import { exitWithError, isProgram, lockFile, root, run, log, setup } from './setup.mjs';

const folders = ['src', 'fake-flexperto', 'scripts', 'test', 'bench', 'chaos', 'examples'];
const bundles = ['dist/workflow-bundle.js', 'dist/workflow-bundle-encrypting.js'];

/** @throws Error with one sentence; the compiler's own output precedes it on stderr */
export async function build() {
  await setup();
  if (isBuilt()) return;
  await withLock(lockFile, async () => {
    if (isBuilt()) return;
    log('Building dist/: usually 5 to 20 seconds, less when little has changed.');
    await compile();
    removeStale();
    await bundleWorkflows();
    writeStamp('sources', sourcesHash());
  });
}

function isBuilt() {
  return readStamp('sources') === sourcesHash() && missingOutputs().length === 0 && hasBundles();
}

async function compile() {
  // With its build record the compiler would not write a deleted output again.
  if (missingOutputs().length > 0) rmSync(resolve(root, 'dist/.tsbuildinfo'), { force: true });
  const tsc = resolve(root, 'node_modules/@typescript/native/bin/tsc');
  await run(process.execPath, [tsc, '-p', root], 'The TypeScript compiler found errors, see above.');
}

/** Bundling takes seconds: done only when the compiled sources or the packages have changed. */
async function bundleWorkflows() {
  const files = filesUnder('dist/src', '.js').concat('package-lock.json', 'dist/scripts/bundle-workflows.js');
  const hash = hashOf(files);
  if (hasBundles() && readStamp('bundle') === hash) return;
  await run(
    process.execPath,
    ['dist/scripts/bundle-workflows.js'],
    'The workflows could not be bundled, see above.',
  );
  writeStamp('bundle', hash);
}

function hasBundles() {
  return bundles.every((file) => existsSync(resolve(root, file)));
}

function removeStale() {
  const current = new Set(sources().map((file) => join('dist', file.slice(0, -'.ts'.length))));
  const outputs = folders.flatMap((folder) => filesUnder(join('dist', folder), ''));
  for (const file of outputs) {
    if (!current.has(file.replace(/\.(d\.ts|js|js\.map)$/, ''))) rmSync(resolve(root, file));
  }
}

function missingOutputs() {
  return sources().filter((file) => !existsSync(resolve(root, 'dist', file.replace(/\.ts$/, '.js'))));
}

function sources() {
  return folders.flatMap((folder) => filesUnder(folder, '.ts')).filter((file) => !file.endsWith('.d.ts'));
}

function sourcesHash() {
  return hashOf(['tsconfig.json', 'package-lock.json', ...sources()]);
}

function filesUnder(folder, ending) {
  if (!existsSync(resolve(root, folder))) return [];
  const entries = readdirSync(resolve(root, folder), { withFileTypes: true });
  const found = entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesUnder(path, ending);
    return entry.name.endsWith(ending) ? [path] : [];
  });
  return found.sort();
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(resolve(root, file)));
  return hash.digest('hex');
}

function readStamp(name) {
  const file = resolve(root, `dist/.built-${name}`);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function writeStamp(name, hash) {
  mkdirSync(resolve(root, 'dist'), { recursive: true });
  writeFileSync(resolve(root, `dist/.built-${name}`), hash);
}

if (isProgram(import.meta.url)) await build().catch(exitWithError);
