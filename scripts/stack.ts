import { randomBytes } from 'node:crypto';
import { startCrm, type Crm } from '../examples/crm/server.js';
import {
  startFakeFlexperto,
  type FakeFlexperto,
  type FakeFlexpertoOptions,
} from '../fake-flexperto/index.js';
import type { ChildServer } from './child-server.js';
import { hashed } from './gateway-key.js';
import { freePort } from './ports.js';
import { startProgram } from './program.js';
import { documentFolder } from './stack-documents.js';
import { startTemporalServer, type TemporalServer, type TemporalServerOptions } from './temporal-server.js';

/** All that a signing needs, on this machine alone. */
export interface Stack {
  readonly temporal: TemporalServer;
  readonly fake: FakeFlexperto;
  readonly gateway: Gateway;
  readonly crm: Crm;
  /** What a program has to be told to work with it. */
  readonly variables: Readonly<Record<string, string>>;
  /** Rejects when the server, the worker or the gateway ends by itself; never resolves. */
  readonly broken: Promise<never>;
  /** Ends all of it, what depends on others first. */
  stop(): Promise<void>;
}

/** A gateway that runs, and the key that opens it. */
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
  /** The document root, made anew; by default a temporary folder. The documents of examples/ are in it. */
  readonly documentRoot?: string;
  /** Seconds to the worker's second look at a session's documents. */
  readonly pollSeconds: number;
  /** Further variables of the worker. */
  readonly worker?: Readonly<Record<string, string>>;
  /** Files for the logs of worker and gateway. */
  readonly workerLog?: string;
  readonly gatewayLog?: string;
}

/**
 * Starts a Temporal server with its UI, the fake flexperto, a worker, the gateway and the example CRM, and waits until
 * all of them are ready. Throws one sentence when one of them does not come up; then the others have ended again.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const started: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of started.splice(0).reverse()) await end();
  };
  try {
    const documents = documentFolder(options.documentRoot);
    started.push(() => {
      documents.remove();
    });
    const temporal = await startTemporalServer({ ui: true, ...options.temporal });
    started.push(() => temporal.stop());
    const fake = await startFakeFlexperto(options.fake);
    started.push(() => fake.close());
    const crmPort = options.crmPort ?? (await freePort());
    const shared = {
      ...temporalVariables(temporal),
      SIGNING_DOCUMENT_ROOT: documents.path,
      SIGNING_CALLBACK_HOSTS: `127.0.0.1:${crmPort}`,
    };
    const gateway = await startGateway(shared, options);
    started.push(() => gateway.server.stop());
    const callbackSecret = `whsec_${randomBytes(32).toString('base64')}`;
    const crm = await startCrm({
      host: '127.0.0.1',
      port: crmPort,
      gatewayUrl: gateway.url,
      gatewayKey: gateway.key,
      callbackSecret,
      dashboardUrl: `${fake.url}/`,
    });
    started.push(() => crm.close());
    const variables = {
      ...shared,
      ...flexpertoVariables(fake, options.fake?.handOver),
      SIGNING_POLL_SECONDS: String(options.pollSeconds),
      SIGNING_CALLBACK_SECRET: callbackSecret,
      ...options.worker,
    };
    const worker = await startProgram('worker', variables, options.workerLog);
    started.push(() => worker.server.stop());
    const broken = Promise.race([temporal, worker.server, gateway.server].map((one) => one.endsByItself()));
    // Not everybody who starts it looks.
    broken.catch(() => undefined);
    return { temporal, fake, gateway, crm, variables, broken, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startGateway(
  shared: Readonly<Record<string, string>>,
  { gatewayPort = 0, gatewayLog }: StackOptions,
): Promise<Gateway & { readonly server: ChildServer }> {
  const key = randomBytes(32).toString('base64url');
  const variables = {
    ...shared,
    SIGNING_GATEWAY_ADDRESS: `127.0.0.1:${gatewayPort}`,
    SIGNING_GATEWAY_KEYS: hashed('crm', key),
  };
  const { server, ready } = await startProgram('gateway', variables, gatewayLog);
  return { server, key, url: String(ready['address']) };
}

function temporalVariables({ address, namespace }: TemporalServer): Record<string, string> {
  return { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
}

function flexpertoVariables(fake: FakeFlexperto, handOver: string | undefined): Record<string, string> {
  return {
    FLEXPERTO_BASE_URL: fake.url,
    FLEXPERTO_API_KEY: fake.apiKey,
    ...(handOver === undefined ? {} : { FLEXPERTO_HANDOVER: handOver }),
  };
}
