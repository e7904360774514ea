import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { findOnPath, runCommand, withProgressLog } from '../processes/commands.js';
import { getOrCreateCached, installPinnedPackages } from './cache.js';

/** The version in scripts/tools/packages/chromium/package.json too. */
const VERSION = '143.0.4';
const EXECUTABLE_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC_EXECUTABLE = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
const LAUNCH_ARGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync']; // prettier-ignore

/** Its own names the folder for temporary files. */
const FONT_CONFIG = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir prefix="relative">fonts</dir><cachedir prefix="xdg">fontconfig</cachedir></fontconfig>
`;

/** A Chromium that can be started, and the variables with which it finds what it came with. */
interface ChromiumExecutable {
  readonly executablePath: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A headless Chromium of this machine. Throws one sentence where there is none and none can be had. */
export async function launchChromium(): Promise<Browser> {
  const { executablePath, env } = await findChromium();
  return chromium.launch({ executablePath, args: LAUNCH_ARGS, env: { ...process.env, ...env } });
}

/**
 * The machine's own Chromium or Chrome, else one that comes as an npm package and is kept in the machine's cache with
 * the libraries and fonts that it needs. Throws one sentence when neither works.
 */
export async function findChromium(env: NodeJS.ProcessEnv = process.env): Promise<ChromiumExecutable> {
  const installed = EXECUTABLE_NAMES.map((name) => findOnPath(name, env)).find((file) => file !== undefined);
  if (installed !== undefined) return { executablePath: installed, env: {} };
  if (existsSync(MAC_EXECUTABLE)) return { executablePath: MAC_EXECUTABLE, env: {} };
  const folder = await getOrCreateCached(
    `chromium-${VERSION}`,
    (target) => installChromium(target, env),
    env,
  );
  return {
    executablePath: path.join(folder, 'chromium'),
    env: {
      LD_LIBRARY_PATH: path.join(folder, 'al2023', 'lib'),
      FONTCONFIG_PATH: path.join(folder, 'fonts'),
    },
  };
}

async function installChromium(target: string, env: NodeJS.ProcessEnv): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(unavailableMessage('no npm package has one for this kind of machine'));
  try {
    await withProgressLog(
      `Getting Chromium ${VERSION} with npm: some 20 seconds, once per machine.`,
      unpackChromium(target, env),
    );
  } catch (error) {
    throw new Error(unavailableMessage(`npm could not get one (${String(error)})`), { cause: error });
  }
}

/** The package unpacks into the folder for temporary files, and its libraries only where it believes to be in a cloud. */
async function unpackChromium(target: string, env: NodeJS.ProcessEnv): Promise<void> {
  await installPinnedPackages('chromium', target, env);
  const module = path.join(target, 'node_modules/@sparticuz/chromium/build/esm/index.js');
  const script = `import(${JSON.stringify(module)}).then(({ default: chromium }) => chromium.executablePath())`;
  const unpackEnv = { TMPDIR: target, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' };
  await runCommand(process.execPath, ['-e', script], { env: { ...env, ...unpackEnv } });
  writeFileSync(path.join(target, 'fonts', 'fonts.conf'), FONT_CONFIG);
  rmSync(path.join(target, 'node_modules'), { recursive: true });
}

function unavailableMessage(why: string): string {
  return `There is no browser to test the page with: Chromium is not on PATH, and ${why}; install Chromium or Chrome.`;
}
