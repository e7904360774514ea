import { randomUUID } from 'node:crypto';
import type { Podman } from '../../scripts/image/podman.js';
import { waitUntil } from '../support/async-helpers.js';

const OWNER_LABEL = 'owner-process';

export interface ContainerOptions {
  readonly image: string;
  readonly command?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  /** Further options of `podman run`. */
  readonly options?: readonly string[];
}

export interface Container {
  /** What its program has written so far. */
  log(): Promise<string>;
  /** Waits until its log contains the text. @throws Error if it has exited before */
  waitForLog(text: string): Promise<void>;
  /** Runs a script of a shell in it, and returns exit code and stdout. */
  shell(script: string): Promise<{ readonly code: number; readonly stdout: string }>;
  /** Whether the health check that the image declares succeeds now. */
  isHealthy(): Promise<boolean>;
  /** Where this machine reaches a port that its options publish. */
  url(port: number): Promise<string>;
  /** Sends SIGTERM, and SIGKILL after the grace period; returns the exit code. */
  stop(graceSeconds: number): Promise<number>;
  pause(): Promise<void>;
  unpause(): Promise<void>;
}

/** Containers on one network, where each is reached by its name. */
export interface Containers {
  start(name: string, options: ContainerOptions): Promise<Container>;
  /** A new volume; returns its name and its folder on this machine. */
  createVolume(name: string): Promise<{ readonly name: string; readonly folder: () => Promise<string> }>;
  /** Removes containers, volumes and network. */
  remove(): Promise<void>;
}

/** Also removes what a run before has left that was killed. */
export async function createContainers(podman: Podman): Promise<Containers> {
  await removeAbandoned(podman);
  const id = randomUUID().slice(0, 8);
  const label = `${OWNER_LABEL}=${process.pid}`;
  const network = `signing-${id}`;
  const labelled = ['--label', label];
  await podman.run('network', 'create', ...labelled, network);
  return {
    start: async (name, { image, command = [], variables = {}, options = [] }) => {
      const container = `${name}-${id}-${randomUUID().slice(0, 8)}`;
      const env = Object.entries(variables).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
      const common = ['--detach', '--pull=never', ...labelled, '--name', container];
      const reached = ['--network', network, '--network-alias', name];
      await podman.run('run', ...common, ...reached, ...env, ...options, image, ...command);
      return control(podman, container);
    },
    createVolume: async (name) => {
      const volume = `${name}-${id}`;
      await podman.run('volume', 'create', ...labelled, volume);
      const inspect = ['volume', 'inspect', '--format', '{{.Mountpoint}}', volume];
      return { name: volume, folder: async () => (await podman.run(...inspect)).trim() };
    },
    remove: () => removeOf(podman, String(process.pid)),
  };
}

function control(podman: Podman, container: string): Container {
  const inspect = async (format: string): Promise<string> =>
    (await podman.run('inspect', '--format', format, container)).trim();
  const log = async (): Promise<string> => {
    const { stdout, stderr } = await podman.try(['logs', container]);
    return stdout + stderr;
  };
  return {
    log,
    waitForLog: (text) =>
      waitUntil(`the log of ${container} contains ${text}`, async () => {
        const hasExited = (await inspect('{{.State.Status}}')) === 'exited';
        const content = await log();
        if (content.includes(text)) return true;
        if (hasExited) throw new Error(`${container} has exited:\n${content}`);
        return false;
      }),
    shell: (script) => podman.try(['exec', container, 'sh', '-c', script]),
    isHealthy: async () => (await podman.try(['healthcheck', 'run', container])).code === 0,
    url: async (port) => `http://${(await podman.run('port', container, String(port))).trim()}`,
    stop: async (graceSeconds) => {
      await podman.run('stop', '--time', String(graceSeconds), container);
      return Number(await inspect('{{.State.ExitCode}}'));
    },
    pause: async () => {
      await podman.run('pause', container);
    },
    unpause: async () => {
      await podman.run('unpause', container);
    },
  };
}

/** Each run creates its network first and removes it last. */
async function removeAbandoned(podman: Podman): Promise<void> {
  const filter = ['--filter', `label=${OWNER_LABEL}`];
  const labels = await podman.run('network', 'ls', ...filter, '--format', '{{.Labels}}');
  // Versions of podman differ in how they print labels.
  const owners = [...labels.matchAll(new RegExp(`${OWNER_LABEL}[=:](\\d+)`, 'g'))].map(([, pid = '']) => pid);
  for (const owner of owners) if (!isRunning(owner)) await removeOf(podman, owner);
}

async function removeOf(podman: Podman, owner: string): Promise<void> {
  const filter = ['--filter', `label=${OWNER_LABEL}=${owner}`];
  const list = async (...command: readonly string[]): Promise<string[]> =>
    (await podman.run(...command, '--quiet', ...filter)).split('\n').filter((name) => name !== '');
  for (const container of await list('ps', '--all'))
    await podman.run('rm', '--force', '--time', '0', container);
  for (const volume of await list('volume', 'ls')) await podman.run('volume', 'rm', volume);
  for (const network of await list('network', 'ls')) await podman.run('network', 'rm', network);
}

function isRunning(pid: string): boolean {
  try {
    return process.kill(Number(pid), 0);
  } catch {
    return false;
  }
}
