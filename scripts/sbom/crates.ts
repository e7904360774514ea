import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Component } from './component.js';

/**
 * The Rust crates of Cargo.lock in this folder. That is all of them for every platform and for the tests, so the native
 * library of one platform contains some of these, and no others.
 */
export function listCrates(folder: string): Component[] {
  const [, ...entries] = readFileSync(path.join(folder, 'Cargo.lock'), 'utf8').split('[[package]]\n');
  return entries.map(readCrate);
}

function readCrate(entry: string): Component {
  const read = (field: string): string | undefined => new RegExp(`^${field} = "(.*)"$`, 'm').exec(entry)?.[1];
  const [name = '', version = '', checksum] = ['name', 'version', 'checksum'].map(read);
  const purl = `pkg:cargo/${name}@${encodeURIComponent(version)}`;
  return {
    type: 'library',
    'bom-ref': purl,
    name,
    version,
    purl,
    // Temporal's own crates come from its repository and have no checksum.
    ...(checksum === undefined ? {} : { hashes: [{ alg: 'SHA-256', content: checksum }] }),
  };
}
