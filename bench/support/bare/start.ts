import { DefaultLogger, bundleWorkflowCode } from '@temporalio/worker';
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChildServer } from '../../../scripts/processes/child-server.js';
import { IMAGE_VARIABLES } from '../../../scripts/processes/program.js';
import { DEFAULT_TASK_QUEUE } from '../../../src/domain/workflow-id.js';

/** The task queue of the bare workflow. */
export const BARE_QUEUE = 'bare';

const SIGNING_BUNDLE = path.resolve(__dirname, '../../../workflow-bundle.js');
const READY_TIMEOUT_SECONDS = 60;

/** Bundles the bare workflow into a file, as the build does with the real workflow. */
export async function bundleBare(folder: string): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: path.join(__dirname, 'workflow.js'),
    logger: new DefaultLogger('WARN'),
  });
  const file = path.join(folder, 'bare-bundle.js');
  await writeFile(file, code);
  return file;
}

/** Starts a worker for the bare workflow in a separate process, and waits until it is ready. */
export function startBareWorker(address: string, bundle: string): Promise<ChildServer> {
  return startWorker('worker', [address, BARE_QUEUE, bundle]);
}

/**
 * Starts a worker that has the real workflows but no activity, so a signing rests after its first workflow task.
 */
export function startCountingWorker(address: string): Promise<ChildServer> {
  return startWorker('worker', [address, DEFAULT_TASK_QUEUE, SIGNING_BUNDLE, 'workflows-alone']);
}

/** Starts a worker that postpones every poll. */
export function startPostponingWorker(address: string, delaySeconds: number): Promise<ChildServer> {
  return startWorker('postponing-worker', [address, String(delaySeconds)]);
}

async function startWorker(name: string, args: readonly string[]): Promise<ChildServer> {
  const program = path.join(__dirname, `${name}.js`);
  const child = spawn(process.execPath, [program, ...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...IMAGE_VARIABLES },
  });
  const server = new ChildServer(child, 'The bare worker');
  await server.waitUntilReady(async () => {
    await sleep(5);
    return server.logIncludes('ready');
  }, READY_TIMEOUT_SECONDS);
  return server;
}
