/**
 * Makes a fresh clone runnable: checks Node and installs the packages when they are missing or do not fit
 * package-lock.json. Plain Node without a dependency, since it runs before there are any. Quiet when there is
 * nothing to do; what it says goes to stderr, so that stdout stays the command's own.
 */
import { spawn } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';

const NODE_NEEDED = [20, 19];

export const root = resolve(fileURLToPath(import.meta.url), '../..');
export const lockFile = resolve(root, 'dist/.setup-lock');

/** Throws one sentence when Node is too old or the installation fails. */
export async function setup() {
  checkNode(process.versions.node);
  if (packagesFit()) return;
  await withLock(lockFile, async () => {
    // Another command may have installed them while this one waited.
    if (packagesFit()) return;
    say('Installing the packages of package-lock.json (npm ci): usually 20 to 60 seconds, only this once.');
    await installPackages();
  });
}

export function say(sentence) {
  process.stderr.write(`${sentence}\n`);
}

/** Runs a program with its stdout sent to stderr; rejects with one sentence when it fails. */
export function run(program, args, failure, options = {}) {
  return new Promise((done, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 2, 2], ...options });
    child.on('error', (error) => reject(new Error(`${failure} (${error.message})`)));
    child.on('exit', (code) => (code === 0 ? done() : reject(new Error(failure))));
  });
}

/** Ends the process with one sentence instead of a stack: what fails here is the machine, not the code. */
export function endWith(error) {
  say(error.message);
  process.exit(1);
}

function checkNode(version) {
  const [major, minor] = version.split('.').map(Number);
  const [neededMajor, neededMinor] = NODE_NEEDED;
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return;
  throw new Error(`Node ${NODE_NEEDED.join('.')} or newer is needed, but this is Node ${version}.`);
}

/** What npm has installed (its own record in node_modules) compared with what package-lock.json asks for. */
function packagesFit() {
  const wanted = packagesIn('package-lock.json');
  const installed = packagesIn('node_modules/.package-lock.json');
  if (installed === undefined) return false;
  const same = (path) => wanted[path]?.integrity === installed[path].integrity;
  const there = (path) => installed[path] !== undefined || wanted[path].optional === true || path === '';
  return Object.keys(wanted).every(there) && Object.keys(installed).every(same);
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
  // Under `npm run` the very npm that was typed is used; its silence (`npm run -s`) must not hide an error.
  const npm = process.env.npm_execpath ?? '';
  const args = ['ci', '--include=dev', '--loglevel=error'];
  const failure = 'The packages could not be installed: npm ci failed, see above.';
  return /npm-cli\.c?js$/.test(npm)
    ? run(process.execPath, [npm, ...args], failure)
    : run('npm', args, failure);
}

/** Whether this module is the program that was started, also where the clone is reached through a link. */
export function isProgram(url) {
  return realpathSync(process.argv[1]) === realpathSync(fileURLToPath(url));
}

if (isProgram(import.meta.url)) await setup().catch(endWith);
