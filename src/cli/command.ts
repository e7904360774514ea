import type { Command } from 'commander';
import { userInfo } from 'node:os';
import { type SigningClient, createSigningClient } from '../client/index.js';
import { readClientConfig } from '../shared/config/index.js';
import { connectClient, readTemporalConfig } from '../shared/temporal.js';
import { startTracing } from '../shared/tracing/index.js';
import type { ExitReason } from './exit-codes.js';
import type { Output } from './output/output.js';

/** The signings of the configured Temporal namespace. */
export interface ConnectedSigningClient extends SigningClient {
  readonly taskQueue: string;
}

/** Connects while `work` runs. @throws ConfigError, NoServerError, NoAccessError */
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

/** The identity in histories: the user of the operating system. Host and process would mean nothing later. */
function readIdentity(): string {
  try {
    return `cli/${userInfo().username}`;
  } catch {
    // In a container a user may have no name.
    return `cli/uid-${process.getuid?.() ?? 'unknown'}`;
  }
}

/** A command to copy, for `npm run` or for the installed program, depending on how this one was started. */
export function formatCommand(...args: readonly string[]): string {
  const program = process.env['npm_lifecycle_event'] === 'signing' ? 'npm run signing --' : 'signing';
  return [program, ...args].join(' ');
}

/** What every command gets from the program. */
export interface CommandContext {
  readonly output: Output;
  /** Turns `work`, which returns how the command ended, into an action of commander. */
  readonly action: <Args extends unknown[]>(
    work: (...args: Args) => Promise<ExitReason>,
  ) => (...args: Args) => Promise<void>;
}

/** Adds a command; every command can answer in JSON. */
export function addCommand(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option('--json', 'answer with one JSON document on stdout, also for an error');
}

export const REQUEST_ID = ['<requestId>', 'the requestId of the signing'] as const;
