import { createHash, randomBytes } from 'node:crypto';
import { startCrm, type Crm } from '../examples/crm/server.js';
import {
  startFakeFlexperto,
  type FakeFlexperto,
  type FakeFlexpertoOptions,
} from '../fake-flexperto/index.js';
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
    const gateway = await newGateway(options.gatewayPort);
    const callbackSecret = `whsec_${randomBytes(32).toString('base64')}`;
    const crm = await startCrm({
      host: '127.0.0.1',
      port: options.crmPort ?? 0,
      gatewayUrl: gateway.url,
      gatewayKey: gateway.key,
      callbackSecret,
      dashboardUrl: `${fake.url}/`,
    });
    started.push(() => crm.close());
    const shared = {
      ...temporalVariables(temporal),
      SIGNING_DOCUMENT_ROOT: documents.path,
      SIGNING_CALLBACK_HOSTS: new URL(crm.url).host,
    };
    const variables = {
      ...shared,
      ...flexpertoVariables(fake, options.fake?.handOver),
      SIGNING_POLL_SECONDS: String(options.pollSeconds),
      SIGNING_CALLBACK_SECRET: callbackSecret,
      ...options.worker,
    };
    const worker = await startProgram('worker', variables, options.workerLog);
    started.push(() => worker.stop());
    const server = await startProgram(
      'gateway',
      { ...shared, ...gatewayVariables(gateway) },
      options.gatewayLog,
    );
    started.push(() => server.stop());
    const broken = Promise.race([temporal, worker, server].map((one) => one.endsByItself()));
    // Not everybody who starts it looks.
    broken.catch(() => undefined);
    return { temporal, fake, gateway, crm, variables, broken, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function newGateway(port: number | undefined): Promise<Gateway> {
  return {
    url: `http://127.0.0.1:${port ?? (await freePort())}`,
    key: randomBytes(32).toString('base64url'),
  };
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

function gatewayVariables({ url, key }: Gateway): Record<string, string> {
  const hash = createHash('sha256').update(key).digest('hex');
  return { SIGNING_GATEWAY_ADDRESS: new URL(url).host, SIGNING_GATEWAY_KEYS: `crm:${hash}` };
}
