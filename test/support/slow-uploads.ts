import { PDFDocument } from '@cantoo/pdf-lib';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';
import { resolve } from 'node:path';

/** Writes the example contract with a PDF attachment of so many random bytes. */
export async function writeLargePdf(path: string, bytes: number): Promise<void> {
  const pdf = await PDFDocument.load(await readFile(resolve('examples/contract.pdf')));
  await pdf.attach(randomBytes(bytes), 'appendix.bin', { mimeType: 'application/octet-stream' });
  await writeFile(path, await pdf.save());
}

/** A proxy to the upload host that holds each upload after so many bytes, until `release`. */
export interface ThrottlingProxy {
  readonly url: string;
  /** The number of uploads that it holds now. */
  heldUploads(): number;
  /** Drops the held uploads, so that the rest of their bytes never arrives. */
  dropHeld(): void;
  /** Forwards everything from now on, held uploads included. */
  release(): void;
  close(): Promise<void>;
}

export async function startThrottlingProxy(uploadPort: number, maxBytes: number): Promise<ThrottlingProxy> {
  let isOpen = false;
  const held = new Set<Socket>();
  const sockets = new Set<Socket>();

  const server = createServer((client) => {
    const host = connect(uploadPort, '127.0.0.1');
    let passed = 0;
    const endBoth = (): void => {
      held.delete(client);
      client.destroy();
      host.destroy();
    };
    for (const socket of [client, host]) {
      sockets.add(socket);
      socket.on('error', endBoth).on('close', endBoth);
    }
    host.pipe(client);
    client.on('data', (chunk: Buffer) => {
      host.write(chunk);
      passed += chunk.length;
      if (isOpen || passed < maxBytes) return;
      held.add(client);
      client.pause();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heldUploads: () => held.size,
    dropHeld: () => {
      for (const client of held) client.destroy();
    },
    release: () => {
      isOpen = true;
      for (const client of held) client.resume();
      held.clear();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
