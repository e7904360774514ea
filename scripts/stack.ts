import { spawn } from 'node:child_process';
import path from 'node:path';
import {
  startFakeFlexperto,
  type FakeFlexperto,
  type FakeFlexpertoOptions,
} from '../fake-flexperto/index.js';
import { ChildServer } from './child-server.js';
import { startTemporalServer, type TemporalServer, type TemporalServerOptions } from './temporal-server.js';

/** All that a signing needs, on this machine alone. */
export interface Stack {
  readonly temporal: TemporalServer;
  readonly fake: FakeFlexperto;
  /** Ends all of it, the worker first. */
  stop(): Promise<void>;
}

export interface StackOptions {
  readonly temporal?: TemporalServerOptions;
  readonly fake?: FakeFlexpertoOptions;
  /** The document root; by default the documents of examples/. */
  readonly documentRoot?: string;
  /** Seconds to the worker's second look at a session's documents. */
  readonly pollSeconds: number;
}

const ROOT = path.resolve(__dirname, '../..');
const READY_SECONDS = 60;

/**
 * Starts a Temporal server with its UI, the fake flexperto and a worker, and waits until all of them are ready. Throws
 * one sentence when one of them does not come up; then the others have ended again.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const started: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of started.splice(0).reverse()) await end();
  };
  try {
    const temporal = await startTemporalServer({ ui: true, ...options.temporal });
    started.push(() => temporal.stop());
    const fake = await startFakeFlexperto(options.fake);
    started.push(() => fake.close());
    started.push(await startWorker(temporal, fake, options));
    return { temporal, fake, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The worker as it runs in production, dist/src/worker.js in a process of its own. Returns what stops it. */
async function startWorker(
  temporal: TemporalServer,
  fake: FakeFlexperto,
  options: StackOptions,
): Promise<() => Promise<void>> {
  // In dist/ there is neither a .env nor, as its home, a configuration of Temporal: what counts is what stands here.
  const dist = path.join(ROOT, 'dist');
  const child = spawn(process.execPath, [path.join(dist, 'src/worker.js')], {
    cwd: dist,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: dist,
      FLEXPERTO_BASE_URL: fake.url,
      FLEXPERTO_API_KEY: fake.apiKey,
      SIGNING_DOCUMENT_ROOT: options.documentRoot ?? path.join(ROOT, 'examples'),
      SIGNING_POLL_SECONDS: String(options.pollSeconds),
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      ...(options.fake?.handOver === undefined ? {} : { FLEXPERTO_HANDOVER: options.fake.handOver }),
    },
  });
  const worker = new ChildServer(child, 'The worker');
  let ready = false;
  child.stdout.on('data', (chunk: Buffer) => {
    ready ||= chunk.includes('"worker ready"');
  });
  await worker.waitUntil(async () => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return ready;
  }, READY_SECONDS);
  return () => worker.stop();
}
