import type { IncomingMessage, ServerResponse } from 'node:http';
import { createCallbacks } from './callbacks.js';
import { createGatewayClient } from './gateway.js';
import { ProblemError, forwardResponse, sendJson } from './http.js';
import { createPageHandler } from './page-files.js';
import { EMPLOYEE, RECORD } from './record.js';
import type { CrmSettings } from './settings.js';
import { createSigningHandlers } from './signings.js';

/** Answers one request. @throws ProblemError */
export type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

type Route = (id: string, ...call: Parameters<Handler>) => Promise<void> | void;

/** The path for the worker's callbacks. */
export const CALLBACK_PATH = '/hooks/signing';

/** All routes of the CRM: the page, the calls of the page, and the callbacks. */
export function createHandler(settings: CrmSettings, origin: string): Handler {
  const gateway = createGatewayClient(settings);
  const callbacks = createCallbacks(settings.callbackSecret);
  const callbackUrl = settings.callbackSecret === undefined ? undefined : `${origin}${CALLBACK_PATH}`;
  const signings = createSigningHandlers(gateway, callbacks, callbackUrl);
  const servePage = createPageHandler();
  const record = { employee: EMPLOYEE, ...RECORD, dashboardUrl: settings.dashboardUrl ?? null };

  const routes: Readonly<Record<string, Route>> = {
    'GET /api/record': (_, __, response) => { sendJson(response, 200, record); },
    'POST /api/documents': async (_, request, response) => {
      await forwardResponse(await gateway.upload('/documents', request), response);
    },
    'POST /api/signings': (_, request, response) => signings.start(request, response),
    'GET /api/signings': (_, __, response, url) => signings.list(url.searchParams, response),
    'GET /api/signings/:id': (id, _, response) => signings.status(id, response),
    'GET /api/signings/:id/events': (id, request, response) => signings.events(id, request, response),
    'GET /api/signings/:id/callbacks': (id, _, response) => signings.callbacks(id, response),
    'POST /api/signings/:id/check': (id, _, response) => signings.check(id, response),
    'POST /api/signings/:id/resolve': (id, request, response) => signings.resolve(id, request, response),
    'POST /api/signings/:id/cancel': (id, _, response) => signings.cancel(id, response),
    [`POST ${CALLBACK_PATH}`]: async (_, request, response) => {
      await callbacks.receive(request);
      response.writeHead(204).end();
    },
  }; // prettier-ignore

  return async (request, response, url) => {
    if (request.headers.host !== new URL(origin).host) {
      redirectToOrigin(response, origin);
      return;
    }
    const { pathname } = url;
    const method = request.method ?? '';
    if (method === 'GET' && servePage(pathname === '/' ? 'index.html' : pathname.slice(1), response)) return;
    const [, id] = /^\/api\/signings\/([^/]+)/.exec(pathname) ?? [];
    const route = routes[`${method} ${id === undefined ? pathname : pathname.replace(id, ':id')}`];
    if (route === undefined) throw new ProblemError(404, 'not-found', 'There is nothing at this address.');
    if (method !== 'GET' && pathname !== CALLBACK_PATH) assertSameOrigin(request, origin);
    await route(decodeSegment(id ?? ''), request, response, url);
  };
}

/** @throws ProblemError where the segment is not percent-encoded text */
function decodeSegment(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ProblemError(400, 'invalid-request', 'The address is invalid.');
  }
}

/** Another page in the same browser must not send in this employee's name. @throws ProblemError */
function assertSameOrigin(request: IncomingMessage, origin: string): void {
  if (request.headers.origin === origin) return;
  throw new ProblemError(403, 'forbidden', 'Only the page of the CRM may send this.');
}

/** Under another host name, a foreign page could pass for this one. */
function redirectToOrigin(response: ServerResponse, origin: string): void {
  response.writeHead(307, { location: `${origin}/` }).end();
}
