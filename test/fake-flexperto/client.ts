import { request as httpRequest } from 'node:http';
import { FormData, fetch } from 'undici';
import type { FakeFlexperto } from '../../fake-flexperto/index.js';

/** A minimal client for the tests of the fake. */
export const CONTRACTS_PATH = '/api/v2/collaboration/contracts/contracts';

export const INITIATE_REQUEST = {
  name: 'Task-123 / Documents to be Signed',
  method: 'aes',
  participants: [
    { email: 'john.doe@example.invalid', firstname: 'John', lastname: 'Doe', mobile: '+49176123456789' },
  ],
};

export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

export interface Call {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** One call over node:http, which can send a body with GET. Rejects when the connection breaks. */
export async function call(
  fake: FakeFlexperto,
  { method = 'GET', path, body, headers }: Call,
): Promise<Reply> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const length = text === undefined ? {} : { 'content-length': String(Buffer.byteLength(text)) };
  const admitted = { 'api-key': fake.apiKey, 'x-user-id': '45' };
  return new Promise((resolve, reject) => {
    const options = { method, headers: { ...(headers ?? admitted), ...length }, agent: false };
    const request = httpRequest(`${fake.url}${path}`, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const whole = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, text: whole, headers: response.headers });
      });
    });
    request.on('error', reject);
    request.end(text);
  });
}

export const parseJson = (reply: Reply): Record<string, unknown> =>
  JSON.parse(reply.text) as Record<string, unknown>;

export const initiate = (fake: FakeFlexperto, body: unknown = INITIATE_REQUEST): Promise<Reply> =>
  call(fake, { method: 'POST', path: `${CONTRACTS_PATH}/sessions/initiate`, body });

export const list = (fake: FakeFlexperto, sessionId: number): Promise<Reply> =>
  call(fake, { path: `${CONTRACTS_PATH}/documents?sessionId=${sessionId}` });

export const attach = (
  fake: FakeFlexperto,
  sessionId: number,
  fileId: string,
  method = 'POST',
): Promise<Reply> =>
  call(fake, { method, path: `${CONTRACTS_PATH}/sessions/${sessionId}/documents/attach`, body: { fileId } });

export async function createSession(fake: FakeFlexperto): Promise<number> {
  return Number(parseJson(await initiate(fake))['id']);
}

export async function uploadUrl(fake: FakeFlexperto, sessionId: number): Promise<string> {
  return String(
    parseJson(await call(fake, { path: `${CONTRACTS_PATH}/sessions/${sessionId}/documents/upload-url` }))[
      'url'
    ],
  );
}

/** Uploads with another client than the calls above, as multipart/form-data. */
export async function upload(
  url: string,
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
  field = 'file',
): Promise<Reply> {
  const form = new FormData();
  form.append(field, new Blob([bytes]), name);
  const response = await fetch(url, { method: 'POST', body: form });
  return { status: response.status, text: await response.text(), headers: {} };
}

/** A session with documents attached, one for each name. */
export async function createSessionWithDocuments(fake: FakeFlexperto, ...names: string[]): Promise<number> {
  const sessionId = await createSession(fake);
  const url = await uploadUrl(fake, sessionId);
  for (const name of names) {
    const file = parseJson(await upload(url, name, Buffer.from(name)));
    await attach(fake, sessionId, String(file['id']));
  }
  return sessionId;
}
