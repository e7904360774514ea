import { createHash } from 'node:crypto';
import { copyFileSync, linkSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCommand } from '../../scripts/processes/commands.js';

/** What `npm run build` reads. */
const SOURCES = [
  ...['package.json', 'package-lock.json', 'tsconfig.json', 'node_modules'],
  ...['src', 'fake-flexperto', 'scripts', 'test', 'bench', 'chaos', 'examples'],
];

let temporary: string;
beforeAll(() => {
  temporary = mkdtempSync(path.join(tmpdir(), 'reproducible-'));
});
afterAll(() => {
  rmSync(temporary, { recursive: true });
});

/** A copy without links to the original folder, since tools resolve them. Files are hard links where they can be. */
function copyTree(from: string, to: string): void {
  mkdirSync(path.dirname(to), { recursive: true });
  try {
    linkSync(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EXDEV') {
      copyFileSync(from, to);
      return;
    }
    if (code !== 'EPERM') throw error;
    mkdirSync(to);
    for (const name of readdirSync(from)) copyTree(path.join(from, name), path.join(to, name));
  }
}

/** Builds in this folder from nothing, and returns the SHA-256 of each file of dist/. */
async function build(name: string, env: NodeJS.ProcessEnv): Promise<Record<string, string>> {
  const folder = path.join(temporary, name);
  for (const source of SOURCES) copyTree(path.resolve(source), path.join(folder, source));
  await runCommand('npm', ['run', 'build'], { cwd: folder, env: { ...process.env, ...env } });
  const dist = path.join(folder, 'dist');
  const entries = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const files = entries.map((entry) => path.join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(
    files.map((file) => [
      path.relative(dist, file),
      createHash('sha256').update(readFileSync(file)).digest('hex'),
    ]),
  );
}

it('two builds of the same files give the same bytes, in any folder, time zone and language', async () => {
  const first = await build('a', { TZ: 'UTC', LC_ALL: 'C' });
  const second = await build('a-folder/with/a-longer-path', {
    TZ: 'Pacific/Auckland',
    LC_ALL: 'de_DE.UTF-8',
  });
  expect(Object.keys(first)).toEqual(
    expect.arrayContaining(['src/worker.js', 'workflow-bundle.js', 'workflow-bundle-encrypting.js']),
  );
  expect(second).toEqual(first);
}, 600_000);
