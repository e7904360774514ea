import { userInfo } from 'node:os';
import { readClientConfig } from '../shared/config/index.js';
import { createSigningClient, type SigningClient } from '../client/index.js';
import { connectClient, readTemporalConfig } from '../shared/temporal.js';
import { startTracing } from '../shared/tracing/index.js';
import type { Command } from 'commander';
import type { ExitReason } from './exit-codes.js';
import type { Output } from './output/output.js';

/** The signings of the configured Temporal namespace. */
export interface ConnectedSigningClient extends SigningClient {
  readonly taskQueue: string;
}

/** Connects for as long as `work` takes. @throws ConfigError, NoServerError, NoAccessError */
export async function withSigningClient<Result>(
  work: (signings: ConnectedSigningClient) => Promise<Result>,
): Promise<Result> {
  const config = readClientConfig(process.env);
  const tracing = await startTracing('flexperto-signing-cli', config.proxies);
  const client = await connectClient(readTemporalConfig(config), { ...tracing, identity: readIdentity() });
  try {
    return await work({ ...createSigningClient(client, config.taskQueue), taskQueue: config.taskQueue });
  } finally {
    await client.connection.close();
    await tracing.close();
  }
}

/** Who acts, as the histories keep it: the user of the operating system. Host and process would say nothing later on. */
function readIdentity(): string {
  try {
    return `cli/${userInfo().username}`;
  } catch {
    // In a container a user need not have a name.
    return `cli/uid-${process.getuid?.() ?? 'unknown'}`;
  }
}

/** A command to copy: as it must be typed where this one was started by `npm run`, or by its own name. */
export function formatCommand(...args: readonly string[]): string {
  const program = process.env['npm_lifecycle_event'] === 'signing' ? 'npm run signing --' : 'signing';
  return [program, ...args].join(' ');
}

/** What a command needs of the program around it. */
export interface CommandContext {
  readonly output: Output;
  /** Makes an action of commander from work that says how it has ended. */
  readonly action: <Args extends unknown[]>(
    work: (...args: Args) => Promise<ExitReason>,
  ) => (...args: Args) => Promise<void>;
}

/** A new command; every one can answer in JSON. */
export function addCommand(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option('--json', 'answer with one JSON document on stdout, an error included');
}

export const REQUEST_ID = ['<requestId>', 'the requestId of the signing'] as const;
