import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createRequestChecker } from '../src/documents/check-request.js';
import { createPdfInspector } from '../src/documents/pdf-inspection.js';
import { createSources } from '../src/documents/sources.js';
import { readRequest } from '../src/domain/read-request.js';

const ROOT = path.resolve('examples');

const requests = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.json'),
);
const contentOf = (file: string): unknown => JSON.parse(readFileSync(path.join(ROOT, file), 'utf8'));

describe('The examples', () => {
  const sources = createSources({ root: ROOT, hosts: [] });
  const checker = createRequestChecker(sources, createPdfInspector());
  afterAll(() => sources.close());

  it.each(requests)('%s can be sent as it is', async (file) => {
    expect(await checker.check(contentOf(file))).toMatchObject({ ok: true });
  });

  it('have requestIds of their own, so that all can be started one after the other', () => {
    const ids = requests.map((file) => readRequest(contentOf(file)).request.requestId);
    expect(new Set(ids).size).toBe(requests.length);
  });

  it('are all named in the README beside them', () => {
    const readme = readFileSync(path.join(ROOT, 'README.md'), 'utf8');
    const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((file) =>
      /\.(json|pdf)$/.test(file),
    );
    expect(files.filter((file) => !readme.includes(`(${file})`))).toEqual([]);
  });
});
