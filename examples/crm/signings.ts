import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Callbacks } from './callbacks.js';
import type { GatewayClient } from './gateway.js';
import { ProblemError, forwardResponse, readJson, sendJson } from './http.js';
import { EMPLOYEE, RECORD } from './record.js';

export interface SigningHandlers {
  /** Starts a signing with the browser's fields. The server decides who sends it to whom. */
  start(request: IncomingMessage, response: ServerResponse): Promise<void>;
  list(query: URLSearchParams, response: ServerResponse): Promise<void>;
  status(requestId: string, response: ServerResponse): Promise<void>;
  events(requestId: string, request: IncomingMessage, response: ServerResponse): Promise<void>;
  check(requestId: string, response: ServerResponse): Promise<void>;
  resolve(requestId: string, request: IncomingMessage, response: ServerResponse): Promise<void>;
  cancel(requestId: string, response: ServerResponse): Promise<void>;
  callbacks(requestId: string, response: ServerResponse): Promise<void>;
}

/** The fields of a request that the browser may set. */
const BROWSER_FIELDS = ['requestId', 'name', 'method', 'documents', 'deadlineDays'];

/**
 * The signings of the record, for the signed-in employee. The gateway's key opens every signing, so this CRM ensures
 * that an employee reaches only those of the record.
 */
export function createSigningHandlers(
  gateway: GatewayClient,
  callbacks: Callbacks,
  callbackUrl: string | undefined,
): SigningHandlers {
  const ownRequestIds = new Set<string>();

  /** @throws ProblemError where it is another record's. Resolves with the gateway's own rejection, or `undefined`. */
  const checkOwnership = async (requestId: string): Promise<Response | undefined> => {
    if (ownRequestIds.has(requestId)) return undefined;
    const gatewayResponse = await gateway.get(signingPath(requestId));
    if (!gatewayResponse.ok) return gatewayResponse;
    const { crmRecord, employeeId } = (await gatewayResponse.json()) as Record<string, unknown>;
    if (crmRecord !== RECORD.crmRecord || employeeId !== EMPLOYEE.id)
      throw new ProblemError(404, 'not-found', 'This record has no such signing.');
    ownRequestIds.add(requestId);
    return undefined;
  };
  const respond = async (
    requestId: string,
    response: ServerResponse,
    call: () => Promise<Response>,
  ): Promise<void> => {
    await forwardResponse((await checkOwnership(requestId)) ?? (await call()), response);
  };

  return {
    start: async (request, response) => {
      const body = await readJson(request);
      const fields = Object.entries(body).filter(([name]) => BROWSER_FIELDS.includes(name));
      const gatewayResponse = await gateway.post('/signings', {
        ...Object.fromEntries(fields),
        employeeId: EMPLOYEE.id,
        participants: [RECORD.customer],
        crmRecord: RECORD.crmRecord,
        ...(callbackUrl === undefined ? {} : { callbackUrl }),
      });
      if (gatewayResponse.ok && typeof body['requestId'] === 'string') ownRequestIds.add(body['requestId']);
      await forwardResponse(gatewayResponse, response);
    },
    list: async (query, response) => {
      const cursor = query.get('cursor');
      const search = new URLSearchParams({
        crmRecord: RECORD.crmRecord,
        employeeId: EMPLOYEE.id,
        limit: '10',
        ...(cursor === null ? {} : { cursor }),
      });
      await forwardResponse(await gateway.get(`/signings?${search.toString()}`), response);
    },
    status: (id, response) => respond(id, response, () => gateway.get(signingPath(id))),
    events: async (id, request, response) => {
      // The stream ends when its reader disconnects.
      const abort = new AbortController();
      response.once('close', () => {
        abort.abort();
      });
      const lastEventId = request.headers['last-event-id'];
      const headers = typeof lastEventId === 'string' ? { 'last-event-id': lastEventId } : {};
      await respond(id, response, () => gateway.get(`${signingPath(id)}/events`, abort.signal, headers));
    },
    check: (id, response) => respond(id, response, () => gateway.post(`${signingPath(id)}/check`)),
    cancel: (id, response) => respond(id, response, () => gateway.post(`${signingPath(id)}/cancel`)),
    resolve: async (id, request, response) => {
      const resolution = await readJson(request);
      await respond(id, response, () => gateway.post(`${signingPath(id)}/resolve`, resolution));
    },
    callbacks: async (id, response) => {
      const denied = await checkOwnership(id);
      if (denied === undefined) sendJson(response, 200, { events: callbacks.listEvents(id) });
      else await forwardResponse(denied, response);
    },
  };
}

function signingPath(requestId: string): string {
  return `/signings/${encodeURIComponent(requestId)}`;
}
