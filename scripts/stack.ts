import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { startFakeFlexperto, type FakeFlexperto } from '../fake-flexperto/index.js';
import { createSigningClient, type SigningClient } from '../src/starter/index.js';
import type { ChildServer } from './child-server.js';
import { CONFIGURED } from './configured.js';
import type { Life } from './life.js';
import { startTemporalServer, type TemporalServer } from './temporal-server.js';
import { spawnWorker, untilReady } from './worker-process.js';

export interface StackOptions {
  /** For the worker's log and whatever else is written. */
  readonly folder: string;
  /** Free ones where none are given. */
  readonly ports?: {
    readonly temporal: number;
    readonly ui: number;
    readonly fake: number;
    readonly uploads: number;
  };
  /** Everything in memory where none is given. */
  readonly dbFile?: string;
  /** Seconds between the first two looks at the documents. */
  readonly pollSeconds: number;
}

/** A Temporal server with its UI, the fake flexperto and the real worker, with the documents of examples/. */
export interface Stack {
  readonly temporal: TemporalServer;
  readonly fake: FakeFlexperto;
  readonly client: Client;
  readonly signing: SigningClient;
  /** What a program has to be told to work with it: every variable, and no other of these prefixes. */
  readonly variables: Readonly<Record<string, string>>;
  readonly workerLog: string;
  /** Rejects when the server or the worker ends by itself; never resolves. */
  readonly broken: Promise<never>;
  /** The page of one signing in the Temporal UI. */
  pageOf(requestId: string): string;
}

/** Starts it all, to be stopped at the end of `life`. Throws one sentence when something does not come up. */
export async function startStack(life: Life, options: StackOptions): Promise<Stack> {
  const { folder, ports } = options;
  const temporal = await startTemporalServer({
    ui: true,
    ...(ports === undefined ? {} : { port: ports.temporal, uiPort: ports.ui }),
    ...(options.dbFile === undefined ? {} : { dbFile: options.dbFile }),
  });
  life.stopAtEnd(() => temporal.stop());
  const fake = await startFakeFlexperto(
    ports === undefined ? {} : { port: ports.fake, uploadPort: ports.uploads },
  );
  life.stopAtEnd(() => fake.close());
  const variables = variablesFor(temporal, fake, options);
  const workerLog = path.join(folder, 'worker.log');
  const worker = await startWorker(life, folder, workerLog, variables);
  const connection = await Connection.connect({ address: temporal.address });
  life.stopAtEnd(() => connection.close());
  const client = new Client({ connection, namespace: temporal.namespace });
  const broken = Promise.race([temporal.endsByItself(), worker.endsByItself()]);
  broken.catch(() => undefined);
  return {
    temporal,
    fake,
    client,
    signing: createSigningClient(client),
    variables,
    workerLog,
    broken,
    pageOf: (requestId) =>
      `${temporal.uiUrl ?? ''}/namespaces/${temporal.namespace}/workflows/signing-${requestId}`,
  };
}

function variablesFor(
  temporal: TemporalServer,
  fake: FakeFlexperto,
  { folder, pollSeconds }: StackOptions,
): Record<string, string> {
  return {
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    // None: the user's own file of Temporal profiles is meant for another installation too.
    TEMPORAL_CONFIG_FILE: path.join(folder, 'no-temporal-profiles.toml'),
    FLEXPERTO_BASE_URL: fake.url,
    FLEXPERTO_API_KEY: fake.apiKey,
    SIGNING_DOCUMENT_ROOT: path.resolve(__dirname, '../../examples'),
    SIGNING_POLL_SECONDS: String(pollSeconds),
  };
}

async function startWorker(
  life: Life,
  folder: string,
  log: string,
  variables: Readonly<Record<string, string>>,
): Promise<ChildServer> {
  const others = Object.entries(process.env).filter(([name]) => !CONFIGURED.test(name));
  const worker = spawnWorker({ env: { ...Object.fromEntries(others), ...variables }, folder, log });
  life.stopAtEnd(() => worker.stop());
  await untilReady(worker, log);
  return worker;
}
