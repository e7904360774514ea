import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { preProcessFile } from 'typescript';

const FOLDERS = ['src', 'test', 'scripts', 'bench', 'chaos', 'examples', 'fake-flexperto'];
const SOURCES = FOLDERS.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file)),
);

/** The files that each file imports, types included. */
const imports = new Map(
  SOURCES.map((file) => {
    const { importedFiles } = preProcessFile(readFileSync(file, 'utf8'));
    const relative = importedFiles.map(({ fileName }) => fileName).filter((name) => name.startsWith('.'));
    return [file, relative.map((name) => join(dirname(file), name.replace(/\.js$/, '.ts')))] as const;
  }),
);

/** The files of one cycle in the order of their imports; empty if there is none. */
function findCycle(): readonly string[] {
  const acyclic = new Set<string>();
  const visit = (file: string, path: readonly string[]): readonly string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (acyclic.has(file)) return [];
    for (const imported of imports.get(file) ?? []) {
      const cycle = visit(imported, [...path, file]);
      if (cycle.length > 0) return cycle;
    }
    acyclic.add(file);
    return [];
  };
  return [...imports.keys()].map((file) => visit(file, [])).find((cycle) => cycle.length > 0) ?? [];
}

test('no file imports itself through others, not even its types', () => {
  expect(imports.size).toBeGreaterThan(100);
  expect(imports.get('src/worker.ts')).toContain('src/shared/process.ts');
  expect(findCycle()).toEqual([]);
});
