import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';

/**
 * An upload host that counts the bytes and drops them. A latency delays the first byte of every new connection and every
 * answer, as with a host that is far away.
 */
const latencyMs = Number(process.argv[2] ?? 0);

const server = createServer((request, response) => {
  let bytes = 0;
  request.on('data', (chunk: Buffer) => (bytes += chunk.length));
  request.on('end', () => {
    setTimeout(() => response.end(JSON.stringify({ id: String(bytes) })), latencyMs);
  });
});
server.keepAliveTimeout = 60_000;
const listener = createTcpServer((socket) => {
  setTimeout(() => server.emit('connection', socket), latencyMs);
});
listener.listen(0, '127.0.0.1', () => process.send?.((listener.address() as AddressInfo).port));
process.once('disconnect', () => process.exit(0));
