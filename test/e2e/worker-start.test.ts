import { once } from 'node:events';
import { type AddressInfo, type Server, createServer } from 'node:net';
import { findFreePort } from '../../scripts/processes/ports.js';
import { spawnWorker } from '../support/program-process.js';

const VARIABLES = {
  FLEXPERTO_BASE_URL: 'http://127.0.0.1:9',
  FLEXPERTO_API_KEY: 'key',
  SIGNING_DOCUMENT_ROOT: '.',
};

describe('A worker that cannot reach a Temporal server', () => {
  let silent: Server | undefined;
  afterEach(() => silent?.close());

  it('ends with one sentence, so that a supervisor can start it again', async () => {
    const address = `127.0.0.1:${await findFreePort()}`;
    const worker = spawnWorker({ ...VARIABLES, TEMPORAL_ADDRESS: address });
    expect(await worker.exited).toEqual({ code: 1, signal: null });
    expect(worker.output()).toBe(
      `No Temporal server answers at ${address} (TEMPORAL_ADDRESS): Connection refused\n`,
    );
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends immediately by %s while it still waits for a response: it has no work to finish',
    async (signal) => {
      const server = createServer((socket) => socket.on('error', () => undefined));
      silent = server;
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const { port } = server.address() as AddressInfo;
      const connected = once(server, 'connection');
      const worker = spawnWorker({ ...VARIABLES, TEMPORAL_ADDRESS: `127.0.0.1:${port}` });
      await connected;
      worker.kill(signal);
      expect(await worker.exited).toEqual({ code: 0, signal: null });
      expect(worker.output()).toBe('');
    },
  );
});
