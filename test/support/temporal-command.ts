import { runCommand } from '../../scripts/processes/commands.js';
import { findTemporalCli } from '../../scripts/tools/temporal.js';
import type { RealEnvironment } from './real-environment.js';

/**
 * The Temporal CLI as a client in another language: it knows a session by the contract's names alone. Resolves with the
 * JSON it prints, if any; rejects with the line in which it says why not.
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
