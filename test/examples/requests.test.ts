import { readFileSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { createRequestChecker } from '../../src/documents/check-request.js';
import { createSources } from '../../src/documents/sources.js';
import { createPdfInspector } from '../../src/pdf/inspector.js';

const folder = resolve('examples');
const requests = readdirSync(folder).filter((file) => file.endsWith('.json'));

describe('The requests of examples/', () => {
  it.each(requests)('are valid: %s', async (file) => {
    const sources = createSources({ root: folder, hosts: [] });
    const checker = createRequestChecker(sources, createPdfInspector());
    const checked = await checker.check(JSON.parse(readFileSync(resolve(folder, file), 'utf8')));
    await sources.close();
    expect(checked).toMatchObject({ ok: true });
  });

  it('have a row each in its README', () => {
    const readme = readFileSync(resolve(folder, 'README.md'), 'utf8');
    expect(requests.filter((file) => !readme.includes(`\`${file}\``))).toEqual([]);
  });
});
