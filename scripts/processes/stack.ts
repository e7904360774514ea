import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Crm, startCrm } from '../../examples/crm/server.js';
import {
  type FakeFlexperto,
  type FakeFlexpertoOptions,
  startFakeFlexperto,
} from '../../fake-flexperto/index.js';
import type { ChildServer } from './child-server.js';
import { findFreePort } from './ports.js';
import { hashGatewayKey, startProgram } from './program.js';
import { type TemporalServer, type TemporalServerOptions, startTemporalServer } from './temporal-server.js';

const EXAMPLES = path.resolve(__dirname, '../../../examples');

/** A document root outside of the repository, since the gateway writes uploads into it. */
export interface DocumentFolder {
  readonly path: string;
  remove(): void;
}

/** Creates a document root with the PDFs of examples/: at a permanent path, or as a temporary folder. */
function createDocumentFolder(permanentPath?: string): DocumentFolder {
  const folder = permanentPath ?? mkdtempSync(path.join(tmpdir(), 'signing-documents-'));
  if (permanentPath !== undefined) {
    rmSync(permanentPath, { recursive: true, force: true });
    mkdirSync(permanentPath, { recursive: true });
  }
  for (const name of readdirSync(EXAMPLES).filter((file) => file.endsWith('.pdf')))
    copyFileSync(path.join(EXAMPLES, name), path.join(folder, name));
  const remove = (): void => {
    if (permanentPath === undefined) rmSync(folder, { recursive: true, force: true });
  };
  // Also if the process ends during the start.
  process.once('exit', remove);
  return {
    path: folder,
    remove: () => {
      process.off('exit', remove);
      remove();
    },
  };
}

/** Everything that a signing needs, on this machine. */
export interface Stack {
  readonly temporal: TemporalServer;
  readonly fake: FakeFlexperto;
  readonly gateway: Gateway;
  readonly crm: Crm;
  /** The variables with which a program uses it. */
  readonly variables: Readonly<Record<string, string>>;
  /** Rejects when the server, the worker or the gateway exits unexpectedly; never resolves. */
  readonly unexpectedExit: Promise<never>;
  /** Stops everything, dependents first. */
  stop(): Promise<void>;
}

/** A running gateway and its key. */
export interface Gateway {
  readonly url: string;
  readonly key: string;
}

export interface StackOptions {
  readonly temporal?: TemporalServerOptions;
  readonly fake?: FakeFlexpertoOptions;
  /** Ports of the gateway and of the example CRM; free ones by default. */
  readonly gatewayPort?: number;
  readonly crmPort?: number;
  /** The document root, created again; by default a temporary folder. It contains the PDFs of examples/. */
  readonly documentRoot?: string;
  /** `SIGNING_POLL_SECONDS` of the worker. */
  readonly pollSeconds: number;
  /** Further variables of the worker. */
  readonly worker?: Readonly<Record<string, string>>;
  /** Files for the logs of worker and gateway. */
  readonly workerLog?: string;
  readonly gatewayLog?: string;
}

/**
 * Starts a Temporal server with its UI, the fake flexperto, a worker, the gateway and the example CRM, and waits until
 * all of them are ready. @throws Error with one sentence if one of them does not start; then the others are stopped again
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const cleanups: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of cleanups.splice(0).reverse()) await end();
  };
  try {
    const documents = createDocumentFolder(options.documentRoot);
    cleanups.push(() => {
      documents.remove();
    });
    const temporal = await startTemporalServer({ ui: true, ...options.temporal });
    cleanups.push(() => temporal.stop());
    const fake = await startFakeFlexperto(options.fake);
    cleanups.push(() => fake.close());
    const crmPort = options.crmPort ?? (await findFreePort());
    const sharedVariables = {
      ...createTemporalVariables(temporal),
      SIGNING_DOCUMENT_ROOT: documents.path,
      SIGNING_CALLBACK_HOSTS: `127.0.0.1:${crmPort}`,
    };
    const gateway = await startGateway(sharedVariables, options);
    cleanups.push(() => gateway.server.stop());
    const callbackSecret = `whsec_${randomBytes(32).toString('base64')}`;
    const crm = await startCrm({
      host: '127.0.0.1',
      port: crmPort,
      gatewayUrl: gateway.url,
      gatewayKey: gateway.key,
      callbackSecret,
      dashboardUrl: `${fake.url}/`,
    });
    cleanups.push(() => crm.close());
    const variables = {
      ...sharedVariables,
      ...createFlexpertoVariables(fake, options.fake?.handOver),
      SIGNING_POLL_SECONDS: String(options.pollSeconds),
      SIGNING_CALLBACK_SECRET: callbackSecret,
      ...options.worker,
    };
    const worker = await startProgram('worker', variables, options.workerLog);
    cleanups.push(() => worker.server.stop());
    const unexpectedExit = Promise.race(
      [temporal, worker.server, gateway.server].map((one) => one.unexpectedExit()),
    );
    // A caller may not await it.
    unexpectedExit.catch(() => undefined);
    return { temporal, fake, gateway, crm, variables, unexpectedExit, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startGateway(
  sharedVariables: Readonly<Record<string, string>>,
  { gatewayPort = 0, gatewayLog }: StackOptions,
): Promise<Gateway & { readonly server: ChildServer }> {
  const key = randomBytes(32).toString('base64url');
  const variables = {
    ...sharedVariables,
    SIGNING_GATEWAY_ADDRESS: `127.0.0.1:${gatewayPort}`,
    SIGNING_GATEWAY_KEYS: hashGatewayKey('crm', key),
  };
  const { server, readyEntry } = await startProgram('gateway', variables, gatewayLog);
  return { server, key, url: String(readyEntry['address']) };
}

function createTemporalVariables({ address, namespace }: TemporalServer): Record<string, string> {
  return { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
}

function createFlexpertoVariables(fake: FakeFlexperto, handOver: string | undefined): Record<string, string> {
  return {
    FLEXPERTO_BASE_URL: fake.url,
    FLEXPERTO_API_KEY: fake.apiKey,
    ...(handOver === undefined ? {} : { FLEXPERTO_HANDOVER: handOver }),
  };
}
