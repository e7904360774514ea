import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { passOn, Refusal, sendJson, sendRefusal } from './answers.js';
import { createCallbacks } from './callbacks.js';
import { createGateway } from './gateway.js';
import { createPage } from './page-files.js';
import { EMPLOYEE, RECORD } from './record.js';
import type { CrmSettings } from './settings.js';
import { createSignings } from './signings.js';

/** A running example CRM. */
export interface Crm {
  /** Where the page of the record is. */
  readonly url: string;
  /** Stops listening and cuts what is still open. */
  close(): Promise<void>;
}

type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void> | void;

const CALLBACK_PATH = '/hooks/signing';

/** Starts the CRM. Rejects when its port is taken. */
export async function startCrm(settings: CrmSettings): Promise<Crm> {
  let handle: Handler = () => undefined;
  const server = createServer((request, response) => {
    void answer(handle, request, response);
  });
  const port = await listen(server, settings.port, settings.host);
  const origin = `http://${settings.host}:${port}`;
  handle = handler(settings, origin);
  return { url: `${origin}/`, close: () => closeServer(server) };
}

function handler(settings: CrmSettings, origin: string): Handler {
  const gateway = createGateway(settings);
  const callbacks = createCallbacks(settings.callbackSecret);
  const callbackUrl = settings.callbackSecret === undefined ? undefined : `${origin}${CALLBACK_PATH}`;
  const signings = createSignings(gateway, callbacks, callbackUrl);
  const page = createPage();
  const record = { employee: EMPLOYEE, ...RECORD, dashboardUrl: settings.dashboardUrl ?? null };

  const routes: Readonly<Record<string, (id: string, ...call: Parameters<Handler>) => ReturnType<Handler>>> = {
    'GET /api/record': (_, __, response) => { sendJson(response, 200, record); },
    'POST /api/documents': async (_, request, response) => {
      await passOn(await gateway.upload('/documents', request), response);
    },
    'POST /api/signings': (_, request, response) => signings.start(request, response),
    'GET /api/signings': (_, __, response, url) => signings.list(url.searchParams, response),
    'GET /api/signings/:id': (id, _, response) => signings.status(id, response),
    'GET /api/signings/:id/events': (id, request, response) => signings.events(id, request, response),
    'GET /api/signings/:id/told': (id, _, response) => signings.told(id, response),
    'POST /api/signings/:id/check': (id, _, response) => signings.check(id, response),
    'POST /api/signings/:id/resolve': (id, request, response) => signings.resolve(id, request, response),
    'POST /api/signings/:id/cancel': (id, _, response) => signings.cancel(id, response),
    [`POST ${CALLBACK_PATH}`]: async (_, request, response) => {
      await callbacks.receive(request);
      response.writeHead(204).end();
    },
  }; // prettier-ignore

  return async (request, response, url) => {
    if (request.headers.host !== new URL(origin).host) return redirect(response, origin);
    const { pathname } = url;
    const method = request.method ?? '';
    if (method === 'GET' && page(pathname === '/' ? 'index.html' : pathname.slice(1), response)) return;
    const [, id] = /^\/api\/signings\/([^/]+)/.exec(pathname) ?? [];
    const route = routes[`${method} ${id === undefined ? pathname : pathname.replace(id, ':id')}`];
    if (route === undefined) throw new Refusal(404, 'not-found', 'There is nothing here.');
    if (method !== 'GET' && pathname !== CALLBACK_PATH) requireOwnPage(request, origin);
    await route(decodeURIComponent(id ?? ''), request, response, url);
  };
}

/** Another page, open in the same browser, must not send in this employee's name. @throws Refusal */
function requireOwnPage(request: IncomingMessage, origin: string): void {
  if (request.headers.origin === origin) return;
  throw new Refusal(403, 'forbidden', 'This can be done from the page of the CRM only.');
}

/** Under another name a foreign page could pass for this one. */
function redirect(response: ServerResponse, origin: string): void {
  response.writeHead(307, { location: `${origin}/` }).end();
}

async function answer(handle: Handler, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await handle(request, response, new URL(request.url ?? '/', 'http://crm.invalid'));
  } catch (error) {
    if (response.destroyed) return;
    const refusal = error instanceof Refusal ? error : new Refusal(500, 'internal', 'The CRM failed.');
    sendRefusal(response, refusal);
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
