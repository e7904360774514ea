import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findOnPath, runCommand } from '../../scripts/processes/commands.js';
import { createBom } from '../../scripts/sbom/bom.js';
import { listSystemComponents } from '../../scripts/sbom/system.js';

let production: string;
beforeAll(async () => {
  production = mkdtempSync(path.join(tmpdir(), 'production-'));
  for (const file of ['package.json', 'package-lock.json', '.npmrc'])
    copyFileSync(file, path.join(production, file));
  const args = ['ci', '--omit=dev', '--ignore-scripts', '--loglevel=error'];
  await runCommand('npm', args, { cwd: production });
}, 240_000);
afterAll(() => {
  rmSync(production, { recursive: true });
});

/** Reads the packages from the files, whatever npm says about them. */
function findPackages(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const manifests = names.filter((name) =>
    /(^|\/node_modules\/)(@[^/]+\/)?[^@/][^/]*\/package\.json$/.test(name),
  );
  return manifests.map((manifest) => {
    const { name, version } = JSON.parse(readFileSync(path.join(folder, manifest), 'utf8')) as {
      name: string;
      version: string;
    };
    return `${name}@${version}`;
  });
}

describe('The software bill of materials', () => {
  it('lists exactly the packages that a production installation has on disk', () => {
    const found = new Set(findPackages(path.join(production, 'node_modules')));
    expect(found.size).toBeGreaterThan(200);
    const listed = createBom('.').components.map(({ name, version }) => `${name}@${version}`);
    expect([...listed].sort()).toEqual([...found].sort());
    expect(createBom(production)).toEqual(createBom('.'));
  });

  it('lists Node and the Debian packages of the image, if this machine has Debian packages', async () => {
    if (findOnPath('dpkg-query') === undefined) return;
    const system = await listSystemComponents();
    const architecture = (await runCommand('dpkg', ['--print-architecture'])).trim();
    const version = (await runCommand('dpkg-query', ['-W', '-f=${Version}', 'base-files'])).trim();
    expect(system).toContainEqual(expect.objectContaining({ name: 'node', version: process.versions.node }));
    expect(system.find(({ name }) => name === 'base-files')).toMatchObject({
      version,
      purl: expect.stringContaining(`?arch=${architecture}&distro=`) as string,
    });
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
    expect(await validator.validate(JSON.stringify(createBom('.', system)))).toBeNull();
  });
});
