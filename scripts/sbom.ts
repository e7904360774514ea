/**
 * `npm run sbom [-- --output FILE]`: writes the software bill of materials (SBOM) of a production installation, as CycloneDX.
 * The Dockerfile adds `--image`, and then Node and the Debian packages of this system are listed, too.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createBom } from './sbom/bom.js';
import { listSystemComponents } from './sbom/system.js';

const ROOT = path.resolve(__dirname, '../..');

async function main(): Promise<void> {
  const options = {
    image: { type: 'boolean', default: false },
    output: { type: 'string', default: 'sbom.cdx.json' },
  } as const;
  const { image, output } = parseArgs({ options }).values;
  const bom = createBom(ROOT, image ? await listSystemComponents() : []);
  writeFileSync(output, `${JSON.stringify(bom, null, 2)}\n`);
  console.log(`${output} lists ${bom.components.length} components.`);
}

void main();
