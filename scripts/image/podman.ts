import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { getErrorMessage } from '../../src/shared/errors.js';
import { findOnPath, runCommand, withProgressLog } from '../processes/commands.js';
import { cacheFolder } from '../tools/cache.js';

/** What podman needs beside its own dependencies, to run containers as root, and what makes a base image. */
const DEBIAN_PACKAGES = ['podman', 'runc', 'netavark', 'aardvark-dns', 'iptables', 'mmdebstrap'];
const PROGRAMS = ['podman', 'runc', 'mmdebstrap'];

/** What {@link findObstacle} looks at. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly uid: number | undefined;
  readonly hasProgram: (name: string) => boolean;
}

const thisMachine: Machine = {
  platform: process.platform,
  uid: process.getuid?.(),
  hasProgram: (name) => findOnPath(name) !== undefined,
};

/** Why this machine can neither run containers nor install what that takes, as the end of a sentence. */
export function findObstacle({ platform, uid, hasProgram }: Machine = thisMachine): string | undefined {
  if (platform !== 'linux') return 'containers are run on Linux alone';
  if (uid !== 0) return 'only root may run containers with a limit of memory and install podman';
  if (PROGRAMS.every(hasProgram) || hasProgram('apt-get')) return undefined;
  return `there is neither apt-get nor ${PROGRAMS.filter((name) => !hasProgram(name)).join(' and ')}`;
}

/** How a command ended. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface PodmanOptions {
  readonly timeoutSeconds?: number;
  /** Lets everything else on the machine go first. */
  readonly inBackground?: boolean;
}

/** Podman with separate images and containers: those of the machine's user stay as they are. */
export interface Podman {
  /** Runs a command and returns its stdout. @throws Error with podman's own error */
  run(...args: readonly string[]): Promise<string>;
  /** Runs a command that may fail. @throws Error if it takes too long */
  try(args: readonly string[], options?: PodmanOptions): Promise<CommandResult>;
}

/** Installs podman where it is missing. @throws Error with one sentence if that fails */
export async function preparePodman(): Promise<Podman> {
  const obstacle = findObstacle();
  if (obstacle !== undefined) throw new Error(`No container can run here: ${obstacle}.`);
  if (!PROGRAMS.every(thisMachine.hasProgram)) await installPrograms();
  const folder = path.join(cacheFolder(), 'containers');
  const env = { ...process.env, ...writeConfiguration(folder) };
  const run = (args: readonly string[], options: PodmanOptions = {}): Promise<string> => {
    const { inBackground = false, ...limits } = options;
    // Less than its errors would be: without systemd podman complains with each container that it sets no timer.
    const command = [...(inBackground ? ['nice', '-n', '10'] : []), 'podman', '--log-level=fatal', ...args];
    // A monitor of a container writes a file "oom" into its current folder.
    return runCommand(command[0] ?? '', command.slice(1), { env, cwd: folder, ...limits });
  };
  return {
    run: (...args) => run(args),
    try: (args, options) =>
      run(args, options).then((stdout) => ({ code: 0, stdout, stderr: '' }), readFailure),
  };
}

function readFailure(error: unknown): CommandResult {
  const { code, stdout, stderr } = (error as { readonly cause: Partial<CommandResult> }).cause;
  if (typeof code !== 'number') throw error;
  return { code, stdout: stdout ?? '', stderr: stderr ?? '' };
}

async function installPrograms(): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const aptGet = (...args: readonly string[]): Promise<string> =>
    runCommand('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=300', ...args], { env });
  const install = async (): Promise<void> => {
    await aptGet('update');
    await aptGet('install', '--yes', '--no-install-recommends', ...DEBIAN_PACKAGES);
  };
  try {
    await withProgressLog('Installing podman by apt-get: about 20 seconds, once per machine.', install());
  } catch (error) {
    const packages = DEBIAN_PACKAGES.join(' ');
    throw new Error(`apt-get could not install ${packages}: ${getErrorMessage(error)}`, { cause: error });
  }
}

/** Files of podman in the folder; its state in /run ends with the machine's, as podman expects. */
function writeConfiguration(folder: string): Record<string, string> {
  const state = `/run/flexperto-signing-worker-${createHash('sha256').update(folder).digest('hex').slice(0, 8)}`;
  const containers = path.join(folder, 'containers.conf');
  const storage = path.join(folder, 'storage.conf');
  mkdirSync(folder, { recursive: true });
  writeFileSync(containers, describeEngine(folder, state));
  writeFileSync(storage, describeStorage(folder, state));
  return { CONTAINERS_CONF: containers, CONTAINERS_STORAGE_CONF: storage };
}

/**
 * Neither systemd nor the capability CAP_SYS_RESOURCE is needed: root in a container has neither. crun refuses a machine
 * with both versions of cgroups.
 */
const describeEngine = (folder: string, state: string): string => `[containers]
default_ulimits = ["nofile=20000:20000", "nproc=20000:20000"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
runtime = "runc"
tmp_dir = "${state}/libpod"
[network]
network_backend = "netavark"
network_config_dir = "${folder}/networks"
`;

const describeStorage = (folder: string, state: string): string => `[storage]
driver = "overlay"
graphroot = "${folder}/storage"
runroot = "${state}/storage"
`;
