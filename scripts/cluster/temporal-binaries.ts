import path from 'node:path';
import { buildGoProgram } from './go-program.js';

/** The version that the dev server of the pinned CLI carries, and docker-compose.yml runs. */
const VERSION = '1.29.1';

/** The Temporal server itself, and the tool that brings its database schema. */
export interface TemporalBinaries {
  readonly server: string;
  readonly sqlTool: string;
}

/** Throws one sentence where they cannot be built. */
export async function findTemporalBinaries(): Promise<TemporalBinaries> {
  const folder = await buildGoProgram({
    name: `the Temporal server ${VERSION}`,
    cache: `temporal-server-${VERSION}`,
    packages: ['server', 'tools/sql'].map((name) => `go.temporal.io/server/cmd/${name}@v${VERSION}`),
  });
  return { server: path.join(folder, 'server'), sqlTool: path.join(folder, 'sql') };
}
