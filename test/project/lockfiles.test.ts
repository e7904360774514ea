import { readFileSync } from 'node:fs';
import path from 'node:path';
import { satisfies, valid } from 'semver';
import { listRepositoryFiles } from '../support/repository-files.js';

type Versions = Readonly<Record<string, string>>;

interface Manifest {
  readonly dependencies?: Versions;
  readonly devDependencies?: Versions;
  readonly optionalDependencies?: Versions;
  readonly overrides?: Versions;
  readonly engines?: Versions;
}

interface LockEntry extends Manifest {
  readonly name?: string;
  readonly version: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  /** Whether it is part of another package, whose hash covers it. */
  readonly inBundle?: boolean;
}

interface Lockfile {
  readonly packages: Readonly<Record<string, LockEntry>>;
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
const readManifest = (file: string): Manifest => readJson(file) as Manifest;
const readLockfile = (manifest: string): Lockfile =>
  readJson(path.join(path.dirname(manifest), 'package-lock.json')) as Lockfile;
const withoutUndefined = (object: object): object => JSON.parse(JSON.stringify(object)) as object;
const manifests = listRepositoryFiles(/(^|\/)package\.json$/);
const root = readManifest('package.json');
const locked = Object.entries(readLockfile('package.json').packages).slice(1);

/** What a package.json asks for; of an alias such as npm:typescript@7.0.2 the version. */
function listRequested({
  dependencies,
  devDependencies,
  optionalDependencies,
  overrides,
}: Manifest): string[] {
  const requested = { ...dependencies, ...devDependencies, ...optionalDependencies, ...overrides };
  return Object.entries(requested).map(([name, version]) => `${name}@${version.replace(/^npm:.+@/, '')}`);
}

/** The oldest supported Node, and the newer ones that the tests run on. */
function listNodeVersions(): string[] {
  const { optionalDependencies = {} } = readManifest('scripts/tools/packages/node/package.json');
  const [oldest = ''] = /[\d.]+/.exec(root.engines?.['node'] ?? '') ?? [];
  return [oldest, ...Object.values(optionalDependencies).map((version) => version.replace(/^npm:.+@/, ''))];
}

describe('Every package.json', () => {
  it.each(manifests)('%s names exact versions', (manifest) => {
    const requested = listRequested(readManifest(manifest));
    expect(requested.length).toBeGreaterThan(0);
    expect(requested.filter((item) => valid(item.slice(item.lastIndexOf('@') + 1)) === null)).toEqual([]);
  });

  it.each(manifests)('%s has a lockfile for these versions', (manifest) => {
    const { '': entry } = readLockfile(manifest).packages;
    const { dependencies, devDependencies, optionalDependencies } = readManifest(manifest);
    expect(entry).toMatchObject(withoutUndefined({ dependencies, devDependencies, optionalDependencies }));
  });

  it.each(manifests)(
    '%s has a lockfile with the hash of each package, and none from outside a registry',
    (manifest) => {
      const [, ...entries] = Object.entries(readLockfile(manifest).packages);
      expect(entries.length).toBeGreaterThan(0);
      // A package from git, a URL or a folder has an address or a link, and needs no hash.
      const isPinned = ({ version, integrity, resolved, link, inBundle }: LockEntry): boolean =>
        valid(version) !== null &&
        (inBundle === true || /^sha512-[\w+/]{86}==$/.test(integrity ?? '')) &&
        resolved === undefined &&
        !link;
      expect(entries.filter(([, entry]) => !isPinned(entry)).map(([location]) => location)).toEqual([]);
    },
  );
});

describe('The product’s package.json', () => {
  it('overrides versions that are then installed', () => {
    for (const [name, version] of Object.entries(root.overrides ?? {})) {
      const found = locked.filter(([location]) => location.endsWith(`node_modules/${name}`));
      expect([name, ...new Set(found.map(([, entry]) => entry.version))]).toEqual([name, version]);
    }
  });

  it('asks for the Node that the installation checks', () => {
    const [, major, minor] =
      /MIN_NODE_VERSION = \[(\d+), (\d+)\]/.exec(readFileSync('scripts/setup.mjs', 'utf8')) ?? [];
    expect(root.engines?.['node']).toBe(`>=${major}.${minor}.0`);
  });

  it('has only packages that support every version of Node that the product supports', () => {
    const versions = listNodeVersions();
    expect(versions.length).toBeGreaterThan(2);
    const rejected = locked.flatMap(([location, { engines }]) =>
      versions
        .filter((version) => !satisfies(version, engines?.['node'] ?? '*'))
        .map((version) => `${location} needs Node ${engines?.['node'] ?? ''}, not ${version}`),
    );
    expect(rejected).toEqual([]);
  });
});

describe('Programs and pages', () => {
  it('install packages by npm ci alone, which takes nothing but the lockfile', () => {
    const files = listRepositoryFiles(/(\.(ts|mjs|sh|yml|yaml|md)|Dockerfile|run)$/);
    const other = /\bnpm\b[^\n]{0,20}['" ](install|i|add|update|exec)\b|\bnpx (--yes|-y)\b/;
    const found = files.filter((file) => file !== 'test/project/lockfiles.test.ts');
    expect(found.length).toBeGreaterThan(500);
    expect(found.filter((file) => other.test(readFileSync(file, 'utf8')))).toEqual([]);
  });
});

describe('Every Python requirements.txt', () => {
  it.each(listRepositoryFiles(/requirements[^/]*\.txt$/))(
    '%s has an exact version and hashes of each package',
    (file) => {
      const requirements = readFileSync(file, 'utf8')
        .split(/\n(?=[^\s#])/)
        .filter((text) => /^\w/.test(text));
      expect(requirements.length).toBeGreaterThan(0);
      const pinned = /^[\w.-]+==[\w.]+( ; [^\n]+)? \\\n( +--hash=sha256:[0-9a-f]{64}( \\)?(\n|$))+/;
      expect(requirements.filter((text) => !pinned.test(text))).toEqual([]);
    },
  );
});
