import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChildServer } from '../processes/child-server.js';
import { buildGoProgram } from '../tools/go-program.js';

/** The version of docker-compose.yml, and of the dev server (scripts/tools/temporal.ts). */
// renovate: datasource=go depName=github.com/temporalio/ui-server/v2
export const TEMPORAL_UI_VERSION = '2.54.1';
const PACKAGE = `github.com/temporalio/ui-server/v2/cmd/server@v${TEMPORAL_UI_VERSION}`;
const START_SECONDS = 30;

/** Starts the Temporal UI, built with Go once per machine. @throws Error with one sentence if it does not start */
export async function startTemporalUi(
  folder: string,
  { address, port }: { readonly address: string; readonly port: number },
): Promise<ChildServer> {
  const built = await buildGoProgram({
    name: 'the Temporal UI',
    cache: `temporal-ui-${TEMPORAL_UI_VERSION}`,
    packages: [PACKAGE],
  });
  mkdirSync(path.join(folder, 'config'), { recursive: true });
  const config = { temporalGrpcAddress: address, host: '127.0.0.1', port, enableUi: true };
  writeFileSync(path.join(folder, 'config/cluster.yaml'), JSON.stringify(config));
  const args = ['--root', folder, '--config', 'config', '--env', 'cluster', 'start'];
  const child = spawn(path.join(built, 'server'), args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: folder,
  });
  const server = new ChildServer(child, 'The Temporal UI');
  await server.waitUntilReady(() => answers(`http://127.0.0.1:${port}/`), START_SECONDS);
  return server;
}

async function answers(url: string): Promise<boolean> {
  const isUp = await fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
  if (!isUp) await sleep(100);
  return isUp;
}
