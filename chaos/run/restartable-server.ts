import { setTimeout as sleep } from 'node:timers/promises';
import { type TemporalServer, startTemporalServer } from '../../scripts/processes/temporal-server.js';

/** A Temporal server on a database file that can be killed and started again at the same address. */
export interface RestartableServer {
  readonly address: string;
  kill(downSeconds: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startRestartableServer(dbFile: string): Promise<RestartableServer> {
  let server: TemporalServer = await startTemporalServer({ dbFile });
  const { address } = server;
  const port = Number(address.slice(address.lastIndexOf(':') + 1));
  return {
    address,
    kill: async (downSeconds) => {
      server.kill();
      await server.stop();
      await sleep(downSeconds * 1000);
      server = await startTemporalServer({ dbFile, port });
    },
    stop: () => server.stop(),
  };
}
