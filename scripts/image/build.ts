import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCommand, withProgressLog } from '../processes/commands.js';
import { type BaseImage, ensureBaseImage } from './base-image.js';
import type { Podman } from './podman.js';

const ROOT = path.resolve(__dirname, '../../..');
const IMAGE = 'localhost/flexperto-signing-worker';
/** The stages of the Dockerfile, each of which keeps the layers that the next build can use. */
const STAGES = [
  { name: `${IMAGE}:build`, args: ['--target', 'build'] },
  { name: `${IMAGE}:test`, args: [] },
];
const MAX_LOG_LINES = 40;

/** The image that the Dockerfile describes. */
export interface BuiltImage {
  readonly name: string;
  readonly base: BaseImage;
}

/**
 * Builds the Dockerfile as it is. The only additions are this machine's certificates and npm's registry, which the build
 * sees and the image does not contain. @throws Error with the end of the build's log
 */
export async function buildImage(podman: Podman): Promise<BuiltImage> {
  const base = await ensureBaseImage(podman);
  const folder = mkdtempSync(path.join(tmpdir(), 'image-build-'));
  try {
    const volumes = await writeMachineSettings(folder);
    const work = buildStages(podman, volumes);
    await withProgressLog('Building the image: about 4 minutes, less when little has changed.', work);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  // What an earlier build has left behind; the two names keep their own layers.
  await podman.run('image', 'prune', '--force');
  return { name: `${IMAGE}:test`, base };
}

async function buildStages(podman: Podman, volumes: readonly string[]): Promise<void> {
  for (const { name, args } of STAGES) {
    const common = ['--pull=never', '--network=host', '--format=docker', ...volumes, '--tag', name];
    const { code, stdout, stderr } = await podman.try(['build', ...common, ...args, ROOT], {
      inBackground: true,
    });
    if (code === 0) continue;
    const log = `${stdout}\n${stderr}`.trimEnd().split('\n').slice(-MAX_LOG_LINES).join('\n');
    throw new Error(`The image cannot be built:\n${log}`);
  }
}

/** How this machine reaches npm's registry: the certificates that it trusts, and the registry's address. */
async function writeMachineSettings(folder: string): Promise<string[]> {
  const registry = (await runCommand('npm', ['config', 'get', 'registry'])).trim();
  const certificates = findCertificates();
  const inContainer = '/run/certificates-of-the-machine.pem';
  const npmrc = path.join(folder, 'npmrc');
  writeFileSync(
    npmrc,
    `registry=${registry}\n${certificates === undefined ? '' : `cafile=${inContainer}\n`}`,
  );
  return [
    ...['--volume', `${npmrc}:/usr/local/etc/npmrc:ro`],
    ...(certificates === undefined ? [] : ['--volume', `${certificates}:${inContainer}:ro`]),
  ];
}

function findCertificates(): string | undefined {
  const { NODE_EXTRA_CA_CERTS: extra = '', SSL_CERT_FILE: all = '' } = process.env;
  return [extra, all, '/etc/ssl/certs/ca-certificates.crt'].find((file) => file !== '' && existsSync(file));
}
