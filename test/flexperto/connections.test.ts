import type { FlexpertoClient } from '../../src/flexperto/index.js';
import { startLocalServer } from '../support/local-server.js';
import {
  CALL_CONTEXT,
  SESSION,
  closeVendorsAfterEach,
  createVendorClient,
} from '../support/scripted-vendor.js';

closeVendorsAfterEach();

type Call = (client: FlexpertoClient) => Promise<unknown>;
type Named = readonly [name: string, answer: string, call: Call];

const TIMES = 5;

/** How many connections a server that keeps them open has seen after the calls, one after the other. */
async function countConnections(answer: string, call: Call): Promise<number> {
  const server = await startLocalServer((request, response) => {
    request.resume();
    request.on('end', () => response.end(answer));
  });
  const handover = { method: 'POST', path: '/hand-over/{sessionId}' } as const;
  const client = createVendorClient(server.url, { attachMethod: 'GET', handover });
  for (let count = 0; count < TIMES; count += 1) await call(client);
  const connections = server.connections();
  await server.close();
  return connections;
}

test.each<Named>([
  ['initiate', '{"id":13}', (client) => client.initiateSession(CALL_CONTEXT, SESSION)],
  ['attach, as a GET too,', '', (client) => client.attachDocument(CALL_CONTEXT, 13, 'f-1')],
  ['hand over', '', (client) => client.handOver(CALL_CONTEXT, 13)],
])(
  '%s opens its own connection: a kept one can break and leave the outcome unknown',
  async (_name, answer, call) => {
    expect(await countConnections(answer, call)).toBe(TIMES);
  },
);

test.each<Named>([
  ['the upload URL', '{"url":"http://localhost/u"}', (client) => client.requestUploadUrl(CALL_CONTEXT, 13)],
  ['the list of documents', '[]', (client) => client.listDocuments(CALL_CONTEXT, 13)],
])('%s uses a kept connection', async (_name, answer, call) => {
  // undici may open a second one where the first is not quite free yet.
  expect(await countConnections(answer, call)).toBeLessThanOrEqual(2);
});
