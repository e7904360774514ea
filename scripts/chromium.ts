import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { findOnPath, runCommand, withSignsOfLife } from './commands.js';
import { onceAMachine } from './machine-cache.js';
import { installPinned } from './pinned-packages.js';

/** The version in test/chromium/package.json too. */
const VERSION = '143.0.4';
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const ON_A_MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync']; // prettier-ignore

/** Its own names the folder for temporary files. */
const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir prefix="relative">fonts</dir><cachedir prefix="xdg">fontconfig</cachedir></fontconfig>
`;

/** A Chromium that can be started, and the variables with which it finds what it came with. */
interface Chromium {
  readonly executablePath: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A headless Chromium of this machine. Throws one sentence where there is none and none can be had. */
export async function launchChromium(): Promise<Browser> {
  const { executablePath, env } = await findChromium();
  return chromium.launch({ executablePath, args: QUIET, env: { ...process.env, ...env } });
}

/**
 * The machine's own Chromium or Chrome, else one that comes as an npm package and is kept in the machine's cache with
 * the libraries and fonts that it needs. Throws one sentence when neither works.
 */
export async function findChromium(env: NodeJS.ProcessEnv = process.env): Promise<Chromium> {
  const own = NAMES.map((name) => findOnPath(name, env)).find((file) => file !== undefined);
  if (own !== undefined) return { executablePath: own, env: {} };
  if (existsSync(ON_A_MAC)) return { executablePath: ON_A_MAC, env: {} };
  const folder = await onceAMachine(`chromium-${VERSION}`, (target) => obtain(target, env), env);
  return {
    executablePath: path.join(folder, 'chromium'),
    env: {
      LD_LIBRARY_PATH: path.join(folder, 'al2023', 'lib'),
      FONTCONFIG_PATH: path.join(folder, 'fonts'),
    },
  };
}

async function obtain(target: string, env: NodeJS.ProcessEnv): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(notPossible('no npm package has one for this kind of machine'));
  try {
    await withSignsOfLife(
      `Getting Chromium ${VERSION} with npm: some 20 seconds, once per machine.`,
      unpack(target, env),
    );
  } catch (error) {
    throw new Error(notPossible(`npm could not get one (${String(error)})`), { cause: error });
  }
}

/** The package unpacks into the folder for temporary files, and its libraries only where it believes to be in a cloud. */
async function unpack(target: string, env: NodeJS.ProcessEnv): Promise<void> {
  await installPinned('chromium', target, env);
  const module = path.join(target, 'node_modules/@sparticuz/chromium/build/esm/index.js');
  const script = `import(${JSON.stringify(module)}).then(({ default: chromium }) => chromium.executablePath())`;
  const place = { TMPDIR: target, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' };
  await runCommand(process.execPath, ['-e', script], { env: { ...env, ...place } });
  writeFileSync(path.join(target, 'fonts', 'fonts.conf'), FONTS);
  rmSync(path.join(target, 'node_modules'), { recursive: true });
}

function notPossible(why: string): string {
  return `There is no browser to test the page with: Chromium is not on PATH, and ${why}; install Chromium or Chrome.`;
}
