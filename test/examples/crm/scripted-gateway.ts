import type { IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { type Crm, startCrm } from '../../../examples/crm/server.js';
import { startLocalServer } from '../../support/local-server.js';

/** An answer of the gateway: a problem by its name, or a body. */
export interface ScriptedAnswer {
  readonly status: number;
  readonly problem?: string;
  readonly detail?: string;
  readonly errors?: readonly { pointer: string; detail: string }[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface ScriptedCrm {
  readonly crm: Crm;
  /** The gateway's answers from now on, by method and path. It answers 404 to every other call. */
  readonly answers: Record<string, ScriptedAnswer>;
  /** The calls that the gateway has received. */
  readonly calls: readonly {
    readonly call: string;
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
  }[];
  close(): Promise<void>;
}

export const KEY = 'the-key-of-this-test';
export const SECRET = `whsec_${Buffer.from('a secret of 32 bytes, no one more').toString('base64')}`;

/** The gateway's answer to the upload of a PDF that can be signed. */
export const UPLOAD_ANSWER = {
  status: 201,
  body: {
    source: 'file:uploads/1/contract.pdf', bytes: 6000, sha256: 'a'.repeat(64), pages: 2, signatureFields: 1, problems: [], warnings: [],
  },
}; // prettier-ignore

/** The gateway's answer with the state of a signing of this record. */
export function createStatusAnswer(
  requestId: string,
  more: Readonly<Record<string, unknown>> = {},
): ScriptedAnswer {
  const body = {
    state: 'awaiting-signature', requestId, sessionId: 13, name: 'Account', method: 'aes', employeeId: '45',
    crmRecord: 'opportunity/0061', documents: [], attention: null, deadline: '2099-01-01T00:00:00.000Z',
    updatedAt: '2030-01-01T00:00:00.000Z', ...more,
  }; // prettier-ignore
  return { status: 200, body };
}

/** The example CRM in front of a gateway with scripted answers, for what a real gateway does only in an outage. */
export async function startScriptedCrm(): Promise<ScriptedCrm> {
  const answers: Record<string, ScriptedAnswer> = { 'POST /documents': UPLOAD_ANSWER };
  const calls: { call: string; headers: IncomingHttpHeaders; body: string }[] = [];
  const gateway = await startLocalServer((request, response) => {
    const call = `${request.method ?? ''} ${(request.url ?? '').replace(/\?.*/, '')}`;
    void text(request).then((body) => {
      calls.push({ call, headers: request.headers, body });
      const answer = answers[call] ?? { status: 404, problem: 'not-found', detail: 'There is nothing here.' };
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
      response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(buildBody(answer)));
    });
  });
  const settings = {
    host: '127.0.0.1',
    port: 0,
    gatewayUrl: gateway.url,
    gatewayKey: KEY,
    callbackSecret: SECRET,
  };
  const crm = await startCrm(settings);
  return {
    crm,
    answers,
    calls,
    close: async () => {
      await crm.close();
      await gateway.close();
    },
  };
}

function buildBody({ status, problem, detail, errors, body }: ScriptedAnswer): unknown {
  return problem === undefined ? body : { type: `urn:signing:problem:${problem}`, status, detail, errors };
}
