import { readFileSync } from 'node:fs';
import satisfies from 'spdx-satisfies';
import { type InstalledPackage, readProductionPackages } from '../../scripts/sbom/packages.js';

/** Permissive licences, and caniuse-lite's, which is one for data. docs/dependencies.md says what they ask for. */
const ALLOWED = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC-BY-4.0',
  'ISC',
  'MIT',
  'Unlicense',
];

const packages = [...readProductionPackages('.').values()];

/** A sentence for each package whose licence is not on the list. */
function findViolations(found: readonly InstalledPackage[]): string[] {
  const rejected = found.filter(({ license }) => !isAllowed(license));
  return rejected.map(
    ({ name, version, license = 'none' }) =>
      `${name}@${version} has the licence ${license}: replace it, or add the licence here and in docs/dependencies.md.`,
  );
}

function isAllowed(license: string | undefined): boolean {
  try {
    return license !== undefined && satisfies(license, ALLOWED);
  } catch {
    // Not an SPDX expression, such as "SEE LICENSE IN …".
    return false;
  }
}

describe('The licence of each package in the product', () => {
  it('is on the list', () => {
    expect(packages.length).toBeGreaterThan(200);
    expect(findViolations(packages)).toEqual([]);
  });

  it.each([
    ['GPL-3.0-only', false],
    ['MIT AND GPL-3.0-only', false],
    ['SEE LICENSE IN license.txt', false],
    [undefined, false],
    ['MIT OR GPL-3.0-only', true],
    ['Apache-2.0 AND MIT', true],
  ])('is judged as an SPDX expression: %s, allowed: %s', (license, allowed) => {
    const found = {
      name: 'left-pad',
      version: '1.0.0',
      integrity: '',
      ...(license !== undefined && { license }),
    };
    const sentence = `left-pad@1.0.0 has the licence ${license ?? 'none'}: replace it, or add the licence here and in docs/dependencies.md.`;
    expect(findViolations([found])).toEqual(allowed ? [] : [sentence]);
  });

  it('is explained in docs/dependencies.md, which names only those that some package has', () => {
    const [, section = ''] = readFileSync('docs/dependencies.md', 'utf8').split('\n## Licences\n');
    const [table = ''] = section.split('\n## ');
    const named = [...table.matchAll(/^\| `([\w.-]+)`/gm)].map(([, license]) => license);
    expect(named.sort()).toEqual([...ALLOWED].sort());
    const used = packages.flatMap(({ license = '' }) => license.replace(/[()]/g, '').split(/ (?:AND|OR) /));
    expect(ALLOWED.filter((license) => !used.includes(license))).toEqual([]);
  });
});
