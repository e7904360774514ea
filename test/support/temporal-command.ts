import { runCommand } from '../../scripts/processes/commands.js';
import { findTemporalCli } from '../../scripts/tools/temporal.js';
import type { RealEnvironment } from './real-environment.js';

/**
 * Runs the Temporal CLI, a client that knows a signing by the contract's names alone. Resolves with the JSON that it prints,
 * if any; rejects with its error line.
 */
export type TemporalCommand = (...args: readonly string[]) => Promise<unknown>;

export async function createTemporalCommand({ env, root }: RealEnvironment): Promise<TemporalCommand> {
  const cli = await findTemporalCli();
  const target = ['--address', env['TEMPORAL_ADDRESS'] ?? '', '--namespace', env['TEMPORAL_NAMESPACE'] ?? ''];
  return async (...args) => {
    const printed = await runCommand(cli, [...args, ...target, '--output', 'json'], { env: { HOME: root } });
    return /^\s*[[{]/.test(printed) ? (JSON.parse(printed) as unknown) : undefined;
  };
}
