import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Component } from './component.js';
import { listCrates } from './crates.js';
import { type InstalledPackage, readProductionPackages, resolveDependencies } from './packages.js';

interface Dependency {
  readonly ref: string;
  readonly dependsOn: readonly string[];
}

/** A bill of materials. */
export interface Bom {
  readonly $schema: string;
  readonly bomFormat: 'CycloneDX';
  readonly specVersion: '1.6';
  readonly version: number;
  readonly serialNumber: string;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly Dependency[];
}

/** Rust, linked with crates into one native library. */
const NATIVE_PACKAGE = '@temporalio/core-bridge';

/**
 * The npm packages of a production installation in this folder, the crates in Temporal's native core, and these further
 * components. The same contents give the same bytes: no time is in it, and the serial number derives from the contents.
 */
export function createBom(folder: string, further: readonly Component[] = []): Bom {
  const packages = readProductionPackages(folder);
  const product = readProduct(folder);
  const contents = {
    metadata: { lifecycles: [{ phase: 'build' }], component: describeProduct(product) },
    components: [...listComponents(packages, folder), ...further],
    dependencies: listDependencies(new Map([['', product], ...packages])),
  };
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: createSerialNumber(contents),
    version: 1,
    ...contents,
  };
}

function readProduct(folder: string): InstalledPackage {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as InstalledPackage;
}

function describeProduct({ name, version, license = '' }: InstalledPackage): Component {
  const purl = createPurl({ name, version });
  return { type: 'application', 'bom-ref': purl, name, version, licenses: [describeLicense(license)], purl };
}

/** A package that is installed in several folders is one component. */
function listComponents(packages: ReadonlyMap<string, InstalledPackage>, folder: string): Component[] {
  const components = [...packages.values()].map((found) => describePackage(found, folder));
  return [...new Map(components.map((component) => [component['bom-ref'], component])).values()];
}

function describePackage({ name, version, license, integrity }: InstalledPackage, folder: string): Component {
  const purl = createPurl({ name, version });
  const crates = name === NATIVE_PACKAGE ? listCrates(path.join(folder, 'node_modules', name)) : [];
  return {
    ...{ type: 'library', 'bom-ref': purl, name, version, purl },
    ...(license === undefined ? {} : { licenses: [describeLicense(license)] }),
    hashes: [
      { alg: 'SHA-512', content: Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex') },
    ],
    ...(crates.length === 0 ? {} : { components: crates }),
  };
}

function describeLicense(license: string): NonNullable<Component['licenses']>[number] {
  return license.includes(' ') ? { expression: license } : { license: { id: license } };
}

function listDependencies(packages: ReadonlyMap<string, InstalledPackage>): Dependency[] {
  const byRef = new Map<string, Set<string>>();
  for (const [location, found] of packages) {
    const known = byRef.get(createPurl(found)) ?? new Set();
    const needed = resolveDependencies(packages, location).map(createPurl);
    byRef.set(createPurl(found), new Set([...known, ...needed]));
  }
  return [...byRef].map(([ref, dependsOn]) => ({ ref, dependsOn: [...dependsOn].sort() }));
}

function createPurl({ name, version }: Pick<InstalledPackage, 'name' | 'version'>): string {
  return `pkg:npm/${name.replace('@', '%40')}@${encodeURIComponent(version)}`;
}

/** A UUID of version 8, whose bits the program may choose. */
function createSerialNumber(contents: object): string {
  const hash = createHash('sha256').update(JSON.stringify(contents)).digest('hex');
  const uuid = hash.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5');
  return `urn:uuid:${uuid}`;
}
