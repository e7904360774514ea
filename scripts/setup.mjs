/**
 * Makes a fresh clone runnable: checks Node, and installs the packages if they are missing or differ from
 * package-lock.json. It runs before any package is installed, so it has no dependency. It writes to stderr alone, and
 * nothing when there is nothing to do: stdout belongs to the command.
 */
import { spawn } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';

const MIN_NODE_VERSION = [20, 19];

export const root = resolve(fileURLToPath(import.meta.url), '../..');
export const lockFile = resolve(root, 'dist/.setup-lock');

/** @throws Error with one sentence if Node is too old or the installation fails */
export async function setup() {
  assertNodeVersion(process.versions.node);
  if (arePackagesCurrent()) return;
  await withLock(lockFile, async () => {
    // Another command may have installed them meanwhile.
    if (arePackagesCurrent()) return;
    log('Installing the packages of package-lock.json (npm ci): usually 20 to 60 seconds, once.');
    await installPackages();
  });
}

export function log(sentence) {
  process.stderr.write(`${sentence}\n`);
}

/** Runs a program with its stdout sent to stderr; rejects with the message `failure` if it fails. */
export function run(program, args, failure, options = {}) {
  return new Promise((done, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 2, 2], ...options });
    child.on('error', (error) => reject(new Error(`${failure} (${error.message})`)));
    child.on('exit', (code) => (code === 0 ? done() : reject(new Error(failure))));
  });
}

/** Prints the message without a stack, since the machine failed and not the code, and ends the process. */
export function exitWithError(error) {
  log(error.message);
  process.exit(1);
}

function assertNodeVersion(version) {
  const [major, minor] = version.split('.').map(Number);
  const [neededMajor, neededMinor] = MIN_NODE_VERSION;
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return;
  throw new Error(`This is Node ${version}: install Node ${MIN_NODE_VERSION.join('.')} or newer.`);
}

/** Compares npm's record in node_modules with package-lock.json. */
function arePackagesCurrent() {
  const wanted = packagesIn('package-lock.json');
  const installed = packagesIn('node_modules/.package-lock.json');
  if (installed === undefined) return false;
  const isSameVersion = (path) => wanted[path]?.integrity === installed[path].integrity;
  const isInstalled = (path) =>
    installed[path] !== undefined || wanted[path].optional === true || path === '';
  return Object.keys(wanted).every(isInstalled) && Object.keys(installed).every(isSameVersion);
}

function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(resolve(root, file), 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function installPackages() {
  // Under `npm run` the same npm is used; `npm run -s` must not hide an error.
  const npm = process.env.npm_execpath ?? '';
  const args = ['ci', '--include=dev', '--loglevel=error'];
  const failure = 'The packages could not be installed: npm ci failed, see above.';
  return /npm-cli\.c?js$/.test(npm)
    ? run(process.execPath, [npm, ...args], failure)
    : run('npm', args, failure);
}

/** Whether this module is the program that was started, also if the path to the clone is a symbolic link. */
export function isProgram(url) {
  return realpathSync(process.argv[1]) === realpathSync(fileURLToPath(url));
}

if (isProgram(import.meta.url)) await setup().catch(exitWithError);
