import type { IncomingMessage, ServerResponse } from 'node:http';
import { passOn, readJson, Refusal, sendJson } from './answers.js';
import type { Callbacks } from './callbacks.js';
import type { Gateway } from './gateway.js';
import { EMPLOYEE, RECORD } from './record.js';

export interface Signings {
  /** Starts what the browser has put together; who sends it to whom is decided here. */
  start(request: IncomingMessage, response: ServerResponse): Promise<void>;
  list(query: URLSearchParams, response: ServerResponse): Promise<void>;
  status(requestId: string, response: ServerResponse): Promise<void>;
  events(requestId: string, request: IncomingMessage, response: ServerResponse): Promise<void>;
  check(requestId: string, response: ServerResponse): Promise<void>;
  resolve(requestId: string, request: IncomingMessage, response: ServerResponse): Promise<void>;
  cancel(requestId: string, response: ServerResponse): Promise<void>;
  told(requestId: string, response: ServerResponse): Promise<void>;
}

/** What the browser may say of a signing. */
const FROM_THE_BROWSER = ['requestId', 'name', 'method', 'documents', 'deadlineDays'];

/**
 * The signings of the record, for the employee who is signed in. The key opens every signing there is, so it is this
 * CRM that sees to it that an employee reaches those of the own record only.
 */
export function createSignings(
  gateway: Gateway,
  callbacks: Callbacks,
  callbackUrl: string | undefined,
): Signings {
  const known = new Set<string>();

  /** @throws Refusal where it is another record's; else what the gateway has against it, or `undefined` */
  const objection = async (requestId: string): Promise<Response | undefined> => {
    if (known.has(requestId)) return undefined;
    const answer = await gateway.get(pathOf(requestId));
    if (!answer.ok) return answer;
    const { crmRecord, employeeId } = (await answer.json()) as Record<string, unknown>;
    if (crmRecord !== RECORD.crmRecord || employeeId !== EMPLOYEE.id)
      throw new Refusal(404, 'not-found', 'This record has no such signing.');
    known.add(requestId);
    return undefined;
  };
  const answerWith = async (
    requestId: string,
    response: ServerResponse,
    call: () => Promise<Response>,
  ): Promise<void> => {
    await passOn((await objection(requestId)) ?? (await call()), response);
  };

  return {
    start: async (request, response) => {
      const body = await readJson(request);
      const asked = Object.entries(body).filter(([name]) => FROM_THE_BROWSER.includes(name));
      const answer = await gateway.post('/signings', {
        ...Object.fromEntries(asked),
        employeeId: EMPLOYEE.id,
        participants: [RECORD.customer],
        crmRecord: RECORD.crmRecord,
        ...(callbackUrl === undefined ? {} : { callbackUrl }),
      });
      if (answer.ok && typeof body['requestId'] === 'string') known.add(body['requestId']);
      await passOn(answer, response);
    },
    list: async (query, response) => {
      const cursor = query.get('cursor');
      const search = new URLSearchParams({
        crmRecord: RECORD.crmRecord,
        employeeId: EMPLOYEE.id,
        limit: '10',
        ...(cursor === null ? {} : { cursor }),
      });
      await passOn(await gateway.get(`/signings?${search.toString()}`), response);
    },
    status: (id, response) => answerWith(id, response, () => gateway.get(pathOf(id))),
    events: async (id, request, response) => {
      // The stream ends with whoever reads it.
      const gone = new AbortController();
      response.once('close', () => {
        gone.abort();
      });
      const last = request.headers['last-event-id'];
      const headers = typeof last === 'string' ? { 'last-event-id': last } : {};
      await answerWith(id, response, () => gateway.get(`${pathOf(id)}/events`, gone.signal, headers));
    },
    check: (id, response) => answerWith(id, response, () => gateway.post(`${pathOf(id)}/check`)),
    cancel: (id, response) => answerWith(id, response, () => gateway.post(`${pathOf(id)}/cancel`)),
    resolve: async (id, request, response) => {
      const resolution = await readJson(request);
      await answerWith(id, response, () => gateway.post(`${pathOf(id)}/resolve`, resolution));
    },
    told: async (id, response) => {
      const refused = await objection(id);
      if (refused === undefined) sendJson(response, 200, { events: callbacks.of(id) });
      else await passOn(refused, response);
    },
  };
}

function pathOf(requestId: string): string {
  return `/signings/${encodeURIComponent(requestId)}`;
}
