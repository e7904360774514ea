import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * A TCP port of 127.0.0.1 that nobody listens on. Below the range from which the system takes ports for connections, so
 * that none of those takes it before it is used; and Temporal keeps ports in 15 bits.
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

/** This port of 127.0.0.1, or a free one where somebody listens on it already. */
export async function preferPort(port: number): Promise<number> {
  return probePort(port).catch(findFreePort);
}

/** Throws one sentence when somebody listens on this port of 127.0.0.1 already. */
export async function assertPortFree(port: number): Promise<void> {
  try {
    await probePort(port);
  } catch (error) {
    const message = `127.0.0.1:${port} is already in use: stop what runs there or choose another port.`;
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
