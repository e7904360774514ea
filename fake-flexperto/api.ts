import type { IncomingMessage, ServerResponse } from 'node:http';
import { json, send } from './answer.js';
import { readJson, textField } from './body.js';
import { carryOut } from './exchange.js';
import type { OpenEntry } from './ledger.js';
import { Refusal } from './refusal.js';
import { attach, list, uploadUrl } from './routes/documents.js';
import { handOverRoute } from './routes/hand-over.js';
import { initiate } from './routes/initiate.js';
import type { Route } from './routes/route.js';
import { admit, matchPath, wholeNumber } from './routes/route.js';
import type { Vendor } from './vendor.js';

export type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

/** The vendor's calls on the base URL. A path below it that the vendor does not have is a 404, and noted. */
export function apiHandler(vendor: Vendor): Handler {
  const routes = [initiate, uploadUrl, attach, list];
  if (vendor.handOver !== undefined) routes.push(handOverRoute(vendor.handOver));
  return async (request, response, url) => {
    for (const route of routes) {
      const inPath = matchPath(route.template, url.pathname);
      if (inPath === undefined) continue;
      const sessionId = route.call === 'list' ? wholeNumber(url.searchParams.get('sessionId') ?? '') : inPath;
      await handle(vendor, route, request, response, sessionId);
      return;
    }
    await unknownCall(vendor, request, response, url.pathname);
  };
}

async function unknownCall(
  vendor: Vendor,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  if (path.startsWith('/api/')) vendor.ledger.open(request, 'unknown', path).status = 404;
  request.resume();
  await send(vendor, response, json(404, { message: 'not found' }));
}

async function handle(
  vendor: Vendor,
  route: Route,
  request: IncomingMessage,
  response: ServerResponse,
  sessionId: number,
): Promise<void> {
  const entry = vendor.ledger.open(request, route.call, route.template);
  if (!Number.isNaN(sessionId)) entry.sessionId = sessionId;
  const body = await readJson(request);
  if (body !== undefined) entry.requestBody = body;
  if (route.call === 'attach') nameDocument(vendor, entry, sessionId, body);
  const session = route.call === 'initiate' ? textField(body, 'name') : vendor.store.nameOf(sessionId);
  const fault = vendor.faults.take(route.call, { session, document: entry.documentName });
  await carryOut(vendor, { request, response, entry, fault }, () => {
    refuseMethod(route.methods(vendor), entry.method);
    const employeeId = admit(entry.apiKey, entry.employeeId);
    return route.perform({ vendor, employeeId, sessionId, body, fault });
  });
}

function refuseMethod(methods: readonly string[], method: string): void {
  if (methods.length === 0) throw new Refusal(404, 'not found');
  if (!methods.includes(method)) throw new Refusal(405, `method not allowed, use ${methods.join(' or ')}`);
}

/** Which document an attach is about, so that a fault can pick one and a refused attach is told apart. */
function nameDocument(vendor: Vendor, entry: OpenEntry, sessionId: number, body: unknown): void {
  const fileId = textField(body, 'fileId');
  if (fileId === undefined) return;
  entry.fileId = fileId;
  const session = vendor.store.all().find(({ id }) => id === sessionId);
  const file = session?.files.find(({ id }) => id === fileId);
  if (file !== undefined) entry.documentName = file.name;
}
