import { setTimeout as sleep } from 'node:timers/promises';
import { startTemporalServer, type TemporalServer } from '../../scripts/temporal-server.js';

/** A Temporal server on a database file that can be killed and comes back at the same address. */
export interface MortalServer {
  readonly address: string;
  kill(downSeconds: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startMortalServer(dbFile: string): Promise<MortalServer> {
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
