import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { VARIABLE_NAMES, readWorkerConfig } from '../../src/shared/config/index.js';

interface Schema {
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
}

const readText = (file: string): string => readFileSync(file, 'utf8');
const schema = JSON.parse(readText('deploy/helm/values.schema.json')) as Schema;
const settings = schema.properties?.['settings']?.properties ?? {};
const secrets = schema.properties?.['secrets']?.properties ?? {};

/** Variables that the chart sets itself. */
const SET_BY_CHART = ['SIGNING_DOCUMENT_ROOT', 'SIGNING_METRICS_ADDRESS', 'SIGNING_HEALTH_ADDRESS', 'SIGNING_GATEWAY_ADDRESS', 'SIGNING_BUILD_ID']; // prettier-ignore

/** With the shortest first pause, since the longest must not be shorter. */
const NEEDED = {
  FLEXPERTO_BASE_URL: 'https://bank.live.flexperto.com',
  FLEXPERTO_API_KEY: 'key',
  SIGNING_POLL_SECONDS: '0.1',
};

function isAccepted(name: string, value: number | string): boolean {
  try {
    readWorkerConfig({ ...NEEDED, [name]: String(value) });
    return true;
  } catch {
    return false;
  }
}

/** All values of a schema with their paths. */
function listValues({ properties = {} }: Schema, path = ''): readonly (readonly [string, Schema])[] {
  return Object.entries(properties).flatMap(([name, value]) => [
    [`${path}${name}`, value] as const,
    ...listValues(value, `${path}${name}.`),
  ]);
}

describe('The Helm chart', () => {
  it('has the alerts of ops/alerts.yml; after a change: cp ops/alerts.yml deploy/helm/files/', () => {
    expect(readText('deploy/helm/files/alerts.yml')).toBe(readText('ops/alerts.yml'));
  });

  it('runs the image of this version by default', () => {
    const { appVersion } = parse(readText('deploy/helm/Chart.yaml')) as { readonly appVersion: string };
    const { version } = JSON.parse(readText('package.json')) as { readonly version: string };
    expect(appVersion).toBe(version);
  });

  it('explains every value', () => {
    const values = listValues(schema);
    expect(values.length).toBeGreaterThan(50);
    expect(values.filter(([, { description = '' }]) => !description.endsWith('.'))).toEqual([]);
  });

  it('takes every variable of the programs as a setting or from a Secret, except those that it sets itself', () => {
    const known = [...Object.keys(settings), ...Object.keys(secrets), ...SET_BY_CHART];
    const ofPrograms = known.filter((name) => /^(FLEXPERTO|SIGNING)_/.test(name));
    expect(ofPrograms.sort()).toEqual([...VARIABLE_NAMES].sort());
  });

  it('takes no variable as a setting that is a secret', () => {
    expect(Object.keys(settings).filter((name) => /(_KEYS?|_SECRET)$/.test(name))).toEqual([]);
  });

  it('accepts of a setting exactly the numbers that the programs accept', () => {
    const bounded = Object.entries(settings).filter(([, { minimum }]) => minimum !== undefined);
    expect(bounded.length).toBeGreaterThan(3);
    for (const [name, { minimum = 0, maximum }] of bounded) {
      expect([name, isAccepted(name, minimum), isAccepted(name, minimum / 2)]).toEqual([name, true, false]);
      expect([name, isAccepted(name, maximum ?? 1e9)]).toEqual([name, true]);
      if (maximum !== undefined) expect([name, isAccepted(name, maximum + 1)]).toEqual([name, false]);
    }
  });

  it('accepts of a setting exactly the words that the programs accept', () => {
    const choices = Object.entries(settings).filter(([, { enum: words }]) => words !== undefined);
    expect(choices.length).toBeGreaterThan(1);
    for (const [name, { enum: words = [] }] of choices)
      expect([name, words.filter((word) => !isAccepted(name, word))]).toEqual([name, []]);
  });
});
