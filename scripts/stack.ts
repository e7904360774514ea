import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
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
  /** What a program has to be told to work with it. */
  readonly variables: Readonly<Record<string, string>>;
  /** Rejects when the server or the worker ends by itself; never resolves. */
  readonly broken: Promise<never>;
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
  /** Further variables of the worker. */
  readonly worker?: Readonly<Record<string, string>>;
  /** A file for the worker's log. */
  readonly workerLog?: string;
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
    const variables = variablesFor(temporal, fake, options);
    const worker = await startWorker(variables, options.workerLog);
    started.push(() => worker.stop());
    const broken = Promise.race([temporal.endsByItself(), worker.endsByItself()]);
    // Not everybody who starts it looks.
    broken.catch(() => undefined);
    return { temporal, fake, variables, broken, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function variablesFor(
  temporal: TemporalServer,
  fake: FakeFlexperto,
  options: StackOptions,
): Record<string, string> {
  const handOver = options.fake?.handOver;
  return {
    FLEXPERTO_BASE_URL: fake.url,
    FLEXPERTO_API_KEY: fake.apiKey,
    SIGNING_DOCUMENT_ROOT: options.documentRoot ?? path.join(ROOT, 'examples'),
    SIGNING_POLL_SECONDS: String(options.pollSeconds),
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    ...(handOver === undefined ? {} : { FLEXPERTO_HANDOVER: handOver }),
    ...options.worker,
  };
}

/** The worker as it runs in production, dist/src/worker.js in a process of its own. */
async function startWorker(
  variables: Readonly<Record<string, string>>,
  log: string | undefined,
): Promise<ChildServer> {
  // In dist/ there is neither a .env nor, as its home, a configuration of Temporal: what counts is what stands here.
  const dist = path.join(ROOT, 'dist');
  const child = spawn(process.execPath, [path.join(dist, 'src/worker.js')], {
    cwd: dist,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: dist, ...variables },
  });
  const worker = new ChildServer(child, 'The worker');
  if (log !== undefined) child.stdout.pipe(createWriteStream(log));
  let ready = false;
  child.stdout.on('data', (chunk: Buffer) => {
    ready ||= chunk.includes('"worker ready"');
  });
  await worker.waitUntil(async () => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return ready;
  }, READY_SECONDS);
  return worker;
}
