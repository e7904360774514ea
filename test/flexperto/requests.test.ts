import type { FlexpertoClient } from '../../src/flexperto/index.js';
import {
  API_KEY,
  CALL_CONTEXT,
  type ReceivedRequest,
  SESSION,
  closeVendorsAfterEach,
  createVendorClient,
  startScriptedVendor,
  streamOf,
} from '../support/scripted-vendor.js';

const CONTRACTS = '/api/v2/collaboration/contracts/contracts';

closeVendorsAfterEach();

async function requestOf(
  answer: string,
  call: (client: FlexpertoClient, url: string) => Promise<unknown>,
  attachMethod: 'auto' | 'POST' | 'GET' = 'auto',
): Promise<ReceivedRequest> {
  const handover = { method: 'PUT' as const, path: '/api/sessions/{sessionId}/hand-over?of={sessionId}' };
  const vendor = await startScriptedVendor(answer, { attachMethod, handover });
  await call(vendor.client, vendor.url);
  const [request, ...more] = vendor.received;
  expect(more).toEqual([]);
  if (request === undefined) throw new Error('no request arrived');
  return request;
}

function expectApiCall({ headers }: ReceivedRequest): void {
  expect(headers).toMatchObject({ 'api-key': API_KEY, 'x-user-id': '45', accept: 'application/json' });
}

test('initiate is a POST of name, method and participants, and of nothing else', async () => {
  const session = { ...SESSION, participants: SESSION.participants.map((one) => ({ ...one, crmId: 'x' })) };
  const request = await requestOf('{"id":13}', (client) =>
    client.initiateSession(CALL_CONTEXT, { ...session, ...{ requestId: 'x' } }),
  );
  expectApiCall(request);
  expect(request).toMatchObject({ method: 'POST', path: `${CONTRACTS}/sessions/initiate` });
  expect(request.headers['content-type']).toBe('application/json');
  expect(JSON.parse(request.body.toString())).toEqual(SESSION);
});

test('the upload URL is requested by a GET without a body', async () => {
  const request = await requestOf('{"url":"http://localhost/upload"}', (client) =>
    client.requestUploadUrl(CALL_CONTEXT, 13),
  );
  expectApiCall(request);
  expect(request).toMatchObject({ method: 'GET', path: `${CONTRACTS}/sessions/13/documents/upload-url` });
  expect(request.body).toHaveLength(0);
  expect(request.headers).not.toHaveProperty('content-type');
});

test('an upload is a multipart POST of known length to the unchanged URL, without API key and employee', async () => {
  const request = await requestOf('{"id":"f-1"}', (client, url) =>
    client.uploadDocument(`${url}/api/v1/files/upload?token=a.b.c`, {
      name: 'a.pdf',
      bytes: 4,
      content: streamOf('%PDF'),
    }),
  );
  expect(request).toMatchObject({ method: 'POST', path: '/api/v1/files/upload?token=a.b.c' });
  expect(request.headers).not.toHaveProperty('api-key');
  expect(request.headers).not.toHaveProperty('x-user-id');
  expect(request.headers).not.toHaveProperty('transfer-encoding');
  expect(request.headers['content-length']).toBe(String(request.body.length));
  expect(request.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
});

test.each(['POST', 'GET'] as const)('attach as %s carries the file id in a JSON body', async (method) => {
  const request = await requestOf('', (client) => client.attachDocument(CALL_CONTEXT, 13, 'f-1'), method);
  expectApiCall(request);
  expect(request).toMatchObject({ method, path: `${CONTRACTS}/sessions/13/documents/attach` });
  expect(request.headers).toMatchObject({ 'content-type': 'application/json', 'content-length': '16' });
  expect(request.body.toString()).toBe('{"fileId":"f-1"}');
});

test('the documents are listed by a GET with the contract session in its query', async () => {
  const request = await requestOf('[]', (client) => client.listDocuments(CALL_CONTEXT, 13));
  expectApiCall(request);
  expect(request).toMatchObject({ method: 'GET', path: `${CONTRACTS}/documents?sessionId=13` });
});

test('the hand-over is the configured call with the contract session in its path', async () => {
  const request = await requestOf('', (client) => client.handOver(CALL_CONTEXT, 13));
  expectApiCall(request);
  expect(request).toMatchObject({ method: 'PUT', path: '/api/sessions/13/hand-over?of=13' });
});

test('a base URL keeps its path and loses the slashes at its end', async () => {
  const vendor = await startScriptedVendor('[]');
  await createVendorClient(`${vendor.url}/tenant//`).listDocuments(CALL_CONTEXT, 13);
  expect(vendor.received.map(({ path }) => path)).toEqual([`/tenant${CONTRACTS}/documents?sessionId=13`]);
});
