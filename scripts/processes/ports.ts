import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * A free TCP port of 127.0.0.1. It lies below the system's range for outgoing connections, so that none of them takes it
 * first, and in 15 bits, as Temporal stores ports.
 */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    try {
      return await probePort(port);
    } catch {
      // In use: another one.
    }
  }
}

/** This port of 127.0.0.1, or a free one if it is in use. */
export async function preferPort(port: number): Promise<number> {
  return probePort(port).catch(findFreePort);
}

/** @throws Error with one sentence if this port of 127.0.0.1 is in use */
export async function assertPortFree(port: number): Promise<void> {
  try {
    await probePort(port);
  } catch (error) {
    const message = `127.0.0.1:${port} is already in use: stop the program there or choose another port.`;
    throw new Error(message, { cause: error });
  }
}

function probePort(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  });
}
