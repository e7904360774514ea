/**
 * Compiles to dist/ and bundles the workflows, and does nothing when dist/ already is what the sources say.
 * Outputs whose source is gone (renamed, deleted) are removed, so that no stale test or module survives.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { withLock } from './lock.mjs';
import { endWith, isProgram, lockFile, root, run, say, setup } from './setup.mjs';

const folders = ['src', 'fake-flexperto', 'scripts', 'test', 'bench', 'chaos', 'examples'];
const bundles = ['dist/workflow-bundle.js', 'dist/workflow-bundle-encrypting.js'];

/** Throws one sentence when it fails; the compiler's own words stand above it on stderr. */
export async function build() {
  await setup();
  if (isBuilt()) return;
  await withLock(lockFile, async () => {
    if (isBuilt()) return;
    say('Building dist/: usually 5 to 20 seconds, less when little has changed.');
    await compile();
    removeStale();
    await bundleWorkflows();
    remember('sources', sourcesHash());
  });
}

function isBuilt() {
  return remembered('sources') === sourcesHash() && missingOutputs().length === 0 && areBundled();
}

async function compile() {
  // The compiler's record of what it has written would keep it from writing again what somebody has deleted.
  if (missingOutputs().length > 0) rmSync(resolve(root, 'dist/.tsbuildinfo'), { force: true });
  const tsc = resolve(root, 'node_modules/@typescript/native/bin/tsc');
  await run(process.execPath, [tsc, '-p', root], 'The TypeScript compiler refuses the sources, see above.');
}

/** Bundling takes seconds: done only when the compiled sources or the packages have changed. */
async function bundleWorkflows() {
  const files = filesUnder('dist/src', '.js').concat('package-lock.json', 'dist/scripts/bundle-workflows.js');
  const hash = hashOf(files);
  if (areBundled() && remembered('bundle') === hash) return;
  await run(
    process.execPath,
    ['dist/scripts/bundle-workflows.js'],
    'The workflows could not be bundled, see above.',
  );
  remember('bundle', hash);
}

function areBundled() {
  return bundles.every((file) => existsSync(resolve(root, file)));
}

function removeStale() {
  const kept = new Set(sources().map((file) => join('dist', file.slice(0, -'.ts'.length))));
  const outputs = folders.flatMap((folder) => filesUnder(join('dist', folder), ''));
  for (const file of outputs) {
    if (!kept.has(file.replace(/\.(d\.ts|js|js\.map)$/, ''))) rmSync(resolve(root, file));
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

function remembered(what) {
  const file = resolve(root, `dist/.built-${what}`);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function remember(what, hash) {
  mkdirSync(resolve(root, 'dist'), { recursive: true });
  writeFileSync(resolve(root, `dist/.built-${what}`), hash);
}

if (isProgram(import.meta.url)) await build().catch(endWith);
