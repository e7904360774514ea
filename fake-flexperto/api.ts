import type { IncomingMessage, ServerResponse } from 'node:http';
import { jsonAnswer, send } from './answer.js';
import { readJson, readTextField } from './body.js';
import { executeCall } from './execute-call.js';
import { HttpError } from './http-error.js';
import type { MutableLedgerEntry } from './ledger.js';
import { attachRoute, listRoute, uploadUrlRoute } from './routes/documents.js';
import type { Route } from './routes/route.js';
import { authenticate, matchSessionId, parseWholeNumber } from './routes/route.js';
import { createHandOverRoute, initiateRoute } from './routes/sessions.js';
import type { Vendor } from './vendor.js';

export type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

/** The vendor's calls on the base URL. It answers 404 to an unknown path, and records it in the ledger. */
export function createApiHandler(vendor: Vendor): Handler {
  const routes = [initiateRoute, uploadUrlRoute, attachRoute, listRoute];
  if (vendor.handOver !== undefined) routes.push(createHandOverRoute(vendor.handOver));
  return async (request, response, url) => {
    for (const route of routes) {
      const pathSessionId = matchSessionId(route.template, url.pathname);
      if (pathSessionId === undefined) continue;
      const sessionId =
        route.call === 'list' ? parseWholeNumber(url.searchParams.get('sessionId') ?? '') : pathSessionId;
      await handleCall(vendor, route, request, response, sessionId);
      return;
    }
    await answerUnknownPath(vendor, request, response, url.pathname);
  };
}

async function answerUnknownPath(
  vendor: Vendor,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  if (path.startsWith('/api/')) vendor.ledger.record(request, 'unknown', path).status = 404;
  request.resume();
  await send(vendor, response, jsonAnswer(404, { message: 'not found' }));
}

async function handleCall(
  vendor: Vendor,
  route: Route,
  request: IncomingMessage,
  response: ServerResponse,
  sessionId: number,
): Promise<void> {
  const entry = vendor.ledger.record(request, route.call, route.template);
  if (!Number.isNaN(sessionId)) entry.sessionId = sessionId;
  const body = await readJson(request);
  if (body !== undefined) entry.requestBody = body;
  if (route.call === 'attach') recordDocument(vendor, entry, sessionId, body);
  const session =
    route.call === 'initiate' ? readTextField(body, 'name') : vendor.store.findSessionName(sessionId);
  const fault = vendor.faults.consume(route.call, { session, document: entry.documentName });
  await executeCall(vendor, { request, response, entry, fault }, () => {
    assertMethodAllowed(route.methods(vendor), entry.method);
    const employeeId = authenticate(entry.apiKey, entry.employeeId);
    return route.perform({ vendor, employeeId, sessionId, body, fault });
  });
}

function assertMethodAllowed(methods: readonly string[], method: string): void {
  if (methods.length === 0) throw new HttpError(404, 'not found');
  if (!methods.includes(method)) throw new HttpError(405, `method not allowed, use ${methods.join(' or ')}`);
}

/** Records the document of an attach, so that a fault can select it and the ledger names it. */
function recordDocument(vendor: Vendor, entry: MutableLedgerEntry, sessionId: number, body: unknown): void {
  const fileId = readTextField(body, 'fileId');
  if (fileId === undefined) return;
  entry.fileId = fileId;
  const session = vendor.store.listSessions().find(({ id }) => id === sessionId);
  const file = session?.files.find(({ id }) => id === fileId);
  if (file !== undefined) entry.documentName = file.name;
}
