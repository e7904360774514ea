import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * An upload host that reads, counts and forgets. With a latency, every new connection waits that long before its first
 * byte is read, and every answer before it is sent, as with a host that is far away.
 */
const latencyMs = Number(process.argv[2] ?? 0);

const server = createServer((request, response) => {
  let bytes = 0;
  request.on('data', (chunk: Buffer) => (bytes += chunk.length));
  request.on('end', () => {
    setTimeout(() => response.end(JSON.stringify({ id: String(bytes) })), latencyMs);
  });
});
if (latencyMs > 0) {
  server.on('connection', (socket) => {
    socket.pause();
    setTimeout(() => socket.resume(), latencyMs);
  });
}
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.once('disconnect', () => process.exit(0));
