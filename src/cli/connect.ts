import { userInfo } from 'node:os';
import { readClientConfig } from '../config.js';
import { createSigningClient, type SigningClient } from '../starter/index.js';
import { connectClient, temporalTarget } from '../temporal.js';
import { startTracing } from '../tracing/index.js';

/** The signings of the configured Temporal namespace. */
export interface Signings extends SigningClient {
  readonly taskQueue: string;
}

/** Connects for as long as `work` takes. @throws ConfigError, NoServerError, NoAccessError */
export async function withSignings<Result>(work: (signings: Signings) => Promise<Result>): Promise<Result> {
  const config = readClientConfig(process.env);
  const tracing = await startTracing('flexperto-signing-cli', config.proxies);
  const client = await connectClient(temporalTarget(config), { ...tracing, identity: identity() });
  try {
    return await work({ ...createSigningClient(client, config.taskQueue), taskQueue: config.taskQueue });
  } finally {
    await client.connection.close();
    await tracing.close();
  }
}

/** Who acts, as the histories keep it: the user of the operating system. Host and process would say nothing later on. */
function identity(): string {
  try {
    return `cli/${userInfo().username}`;
  } catch {
    // In a container a user need not have a name.
    return `cli/uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
