import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runCommand } from '../../scripts/processes/commands.js';

const [buildStage = '', finalStage = ''] = readFileSync(resolve('Dockerfile'), 'utf8')
  .split(/^(?=FROM )/m)
  .slice(-2);

/** The sources of the COPY lines of a stage. */
const readCopiedPaths = (stage: string): string[] =>
  [...stage.matchAll(/^COPY (?:--from=build )?(.+)$/gm)].flatMap(([, paths = '']) =>
    paths.split(' ').slice(0, -1),
  );

/** The build context: the names that .dockerignore excepts from its `*`. */
const allowedByDockerignore = [...readFileSync(resolve('.dockerignore'), 'utf8').matchAll(/^!(.+)$/gm)].map(
  ([, name = '']) => name,
);

let context: string;
beforeAll(() => {
  context = mkdtempSync(join(tmpdir(), 'image-'));
});
afterAll(() => {
  rmSync(context, { recursive: true });
});

describe('The image', () => {
  it('copies only files that .dockerignore allows', () => {
    expect(readCopiedPaths(buildStage).filter((name) => !allowedByDockerignore.includes(name))).toEqual([]);
  });

  // A fresh compilation: about 15 seconds of CPU, minutes on a busy machine.
  it('builds from the files that it copies, and the build creates everything that the final stage copies', async () => {
    for (const name of readCopiedPaths(buildStage))
      cpSync(resolve(name), join(context, name), { recursive: true });
    symlinkSync(resolve('node_modules'), join(context, 'node_modules'));
    // Without --image, which needs a system of Debian packages.
    const commands = buildStage.match(/npm run [a-z]+/g) ?? [];
    expect(commands).toContain('npm run build');
    for (const command of commands) await runCommand('npm', command.split(' ').slice(1), { cwd: context });
    const missing = readCopiedPaths(finalStage).filter((path) => !existsSync(path.replace('/app', context)));
    expect(missing).toEqual([]);
  }, 300_000);
});
