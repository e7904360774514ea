import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { ProblemError, sendProblem } from './http.js';
import { CALLBACK_PATH, type Handler, createHandler } from './routes.js';
import type { CrmSettings } from './settings.js';

/** A running example CRM. */
export interface Crm {
  /** The address of the record's page. */
  readonly url: string;
  /** The address for the worker's callbacks. */
  readonly callbackUrl: string;
  /** Stops listening and closes all connections. */
  close(): Promise<void>;
}

/** Starts the CRM. Rejects when its port is taken. */
export async function startCrm(settings: CrmSettings): Promise<Crm> {
  let handle: Handler = () => Promise.resolve();
  const server = createServer((request, response) => {
    void handleRequest(handle, request, response);
  });
  const port = await listen(server, settings.port, settings.host);
  const origin = `http://${settings.host}:${port}`;
  handle = createHandler(settings, origin);
  return { url: `${origin}/`, callbackUrl: `${origin}${CALLBACK_PATH}`, close: () => closeServer(server) };
}

async function handleRequest(
  handle: Handler,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    await handle(request, response, new URL(request.url ?? '/', 'http://crm.invalid'));
  } catch (error) {
    if (response.destroyed) return;
    const problem =
      error instanceof ProblemError ? error : new ProblemError(500, 'internal', 'The CRM failed.');
    sendProblem(response, problem);
  }
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

async function closeServer(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
