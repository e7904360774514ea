import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Podman } from './podman.js';
import { createStandIn } from './stand-in.js';

const DOCKERFILE = path.resolve(__dirname, '../../../Dockerfile');
const STAND_IN_LABEL = 'stand-in';
const PULL_TIMEOUT_SECONDS = 300;

/** The part of the official image's configuration that the Dockerfile relies on; a file system alone has none. */
const CONFIGURATION = [
  'CMD ["node"]',
  'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
];

/** The image that the Dockerfile begins from. */
export interface BaseImage {
  readonly name: string;
  /** Whether it is the official one; else a stand-in of the same name (docs/decisions/stand-in-base-image.md). */
  readonly isOfficial: boolean;
}

/** Pulls the official image, or makes a stand-in where no registry can be reached. @throws Error with one sentence */
export async function ensureBaseImage(podman: Podman): Promise<BaseImage> {
  const name = readBaseImageName();
  const found = await findImage(podman, name);
  if (found?.standIn === '' || (await canPull(podman, name))) return { name, isOfficial: true };
  const { archive, version } = await createStandIn();
  if (found?.standIn !== version) await importArchive(podman, archive, { name, version });
  return { name, isOfficial: false };
}

/** An image of this name in podman's storage, and the version of the stand-in that it is, else ''. */
async function findImage(podman: Podman, name: string): Promise<{ readonly standIn: string } | undefined> {
  const format = `{{index .Labels "${STAND_IN_LABEL}"}}`;
  const { code, stdout } = await podman.try(['image', 'inspect', '--format', format, name]);
  return code === 0 ? { standIn: stdout.trim() } : undefined;
}

/** Where no registry has an answer, this fails immediately. */
async function canPull(podman: Podman, name: string): Promise<boolean> {
  const options = { timeoutSeconds: PULL_TIMEOUT_SECONDS };
  return podman.try(['pull', '--quiet', name], options).then(
    ({ code }) => code === 0,
    () => false,
  );
}

async function importArchive(
  podman: Podman,
  archive: string,
  { name, version }: { readonly name: string; readonly version: string },
): Promise<void> {
  const changes = [...CONFIGURATION, `LABEL ${STAND_IN_LABEL}=${version}`];
  await podman.run('import', '--quiet', ...changes.flatMap((change) => ['--change', change]), archive, name);
}

/** With the registry: a local image of the same short name must not be taken for the official one. */
function readBaseImageName(): string {
  const [, name = ''] = /^FROM (\S+)/m.exec(readFileSync(DOCKERFILE, 'utf8')) ?? [];
  return `docker.io/library/${name}`;
}
