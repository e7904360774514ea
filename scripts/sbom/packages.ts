import { readFileSync } from 'node:fs';
import path from 'node:path';

/** A package in node_modules, as npm records it. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
  /** An SPDX expression. */
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** Of packages whose package.json names none: as their LICENSE file says. */
const LICENSES_IN_FILES: Readonly<Record<string, string>> = { unionfs: 'Unlicense' };

type LockEntry = Omit<InstalledPackage, 'name'> & { readonly name?: string; readonly dev?: boolean };

/**
 * The packages in the node_modules of this folder that `npm ci --omit=dev` installs, by their location. Not by
 * `npm sbom --omit=dev`, which also omits what a development dependency shares with the product (npm/cli issue 7909).
 */
export function readProductionPackages(folder: string): ReadonlyMap<string, InstalledPackage> {
  const record = path.join(folder, 'node_modules/.package-lock.json');
  const { packages } = JSON.parse(readFileSync(record, 'utf8')) as {
    packages: Readonly<Record<string, LockEntry>>;
  };
  const production = Object.entries(packages).filter(([, { dev }]) => dev !== true);
  return new Map(production.map(([location, entry]) => [location, describe(location, entry)]));
}

/** The packages that Node finds for what the package at this location needs. Optional ones may be missing. */
export function resolveDependencies(
  packages: ReadonlyMap<string, InstalledPackage>,
  location: string,
): InstalledPackage[] {
  const { dependencies, optionalDependencies, peerDependencies } = packages.get(location) ?? {};
  const names = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
  return names.flatMap((name) => {
    const found = listFolders(location).map((folder) => packages.get(`${folder}node_modules/${name}`));
    return found.find((candidate) => candidate !== undefined) ?? [];
  });
}

/** The folders whose node_modules Node searches, the nearest first: `node_modules/a/`, then the root. */
function listFolders(location: string): string[] {
  const parent = location.lastIndexOf('node_modules/');
  return parent === -1
    ? ['']
    : [`${location}/`, ...listFolders(location.slice(0, parent).replace(/\/$/, ''))];
}

function describe(location: string, entry: LockEntry): InstalledPackage {
  const name = entry.name ?? location.slice(location.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const license = entry.license ?? LICENSES_IN_FILES[name];
  return { ...entry, name, ...(license === undefined ? {} : { license }) };
}
