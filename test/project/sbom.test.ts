import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { readFileSync } from 'node:fs';
import { createBom } from '../../scripts/sbom/bom.js';

const bom = createBom('.');
const listed = bom.components.map(({ name }) => name);

describe('The software bill of materials', () => {
  it('follows the schema of CycloneDX strictly', async () => {
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
    expect(await validator.validate(JSON.stringify(bom))).toBeNull();
    const broken = { ...bom, components: [{ ...bom.components[0], name: undefined }] };
    expect(await validator.validate(JSON.stringify(broken))).not.toBeNull();
  });

  it('lists what a development dependency shares with the product, and nothing for development alone', () => {
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      dependencies: Record<string, string>;
    };
    expect(listed).toEqual(expect.arrayContaining([...Object.keys(dependencies), 'ajv', '@types/node']));
    const tools = ['eslint', 'jest', 'prettier', 'typescript', '@temporalio/testing'];
    expect(tools.filter((name) => listed.includes(name))).toEqual([]);
  });

  it('names for each package which others it needs, and each of them is a component', () => {
    const refs = new Set(
      [bom.metadata.component, ...bom.components].map((component) => component['bom-ref']),
    );
    expect(new Set(bom.dependencies.map(({ ref }) => ref))).toEqual(refs);
    expect(bom.dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !refs.has(ref))).toEqual(
      [],
    );
    const loader = bom.dependencies.find(({ ref }) => ref.startsWith('pkg:npm/%40grpc/proto-loader@'));
    expect(loader?.dependsOn).toContainEqual(expect.stringMatching(/^pkg:npm\/protobufjs@7\./));
  });

  it('lists the Rust crates of Temporal’s native core with their checksums', () => {
    const core = bom.components.find(({ name }) => name === '@temporalio/core-bridge');
    const rustls = core?.components?.find(({ name }) => name === 'rustls');
    expect(rustls).toMatchObject({
      purl: expect.stringMatching(/^pkg:cargo\/rustls@\d/) as string,
      hashes: [{ alg: 'SHA-256', content: expect.stringMatching(/^[0-9a-f]{64}$/) as string }],
    });
  });

  it('has the same bytes for the same contents, and another serial number for others', () => {
    expect(JSON.stringify(createBom('.'))).toBe(JSON.stringify(bom));
    const node = { type: 'platform', 'bom-ref': 'node', name: 'node', version: '24.0.0' } as const;
    expect(createBom('.', [node]).serialNumber).not.toBe(bom.serialNumber);
  });
});
