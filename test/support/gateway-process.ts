export { hashGatewayKey } from '../../scripts/processes/program.js';
import { spawnProgram, type ProgramProcess } from './worker-process.js';

/** The gateway as it runs in production, on a free port of 127.0.0.1. */
export interface GatewayProcess extends ProgramProcess {
  readonly url: string;
}

/** Starts the gateway with only these variables, and waits until it is ready. */
export async function startGatewayProcess(env: NodeJS.ProcessEnv, node?: string): Promise<GatewayProcess> {
  const variables = { SIGNING_GATEWAY_ADDRESS: '127.0.0.1:0', ...env };
  const gateway = spawnProgram('dist/src/gateway.js', variables, node);
  await gateway.waitFor('"gateway ready"');
  const [, url = ''] = /"address":"([^"]+)"/.exec(gateway.output()) ?? [];
  return { ...gateway, url };
}
