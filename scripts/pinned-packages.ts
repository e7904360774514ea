import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { findOnPath, runCommand } from './commands.js';

const TEST = path.resolve(__dirname, '../../test');

/** Installs what the lock file of `test/{name}` pins into a folder, without running anything of it. */
export async function installPinned(name: string, folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  for (const file of ['package.json', 'package-lock.json'])
    copyFileSync(path.join(TEST, name, file), path.join(folder, file));
  const npm = findOnPath('npm', env) ?? 'npm';
  await runCommand(npm, ['ci', '--prefix', folder, '--ignore-scripts', '--loglevel=error'], { env });
}
