import type { Method, Participant } from '../domain/request.js';
import type { VendorDocument } from '../domain/vendor-document.js';
import * as answers from './answers.js';
import { AnswerNotUnderstoodError, RefusedError, type Call } from './errors/index.js';
import { multipart, type UploadContent } from './multipart.js';
import { createTransport, type Answer, type Exchange } from './transport.js';
import { expiryOf, type UploadUrl } from './upload-url.js';

export interface FlexpertoOptions {
  /** `https://{tenant}.live.flexperto.com`; a path is kept. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** The older page shows attach as GET, the next revision as POST. `auto`: POST, and GET where POST does not exist. */
  readonly attachMethod: 'auto' | 'POST' | 'GET';
  /** The hand-over call, which no page documents; absent, `handOver` must not be called. */
  readonly handover?: { readonly method: 'POST' | 'PUT' | 'PATCH'; readonly path: string } | undefined;
  /** Milliseconds for one JSON call, and for one upload. */
  readonly timeoutMs: number;
  readonly uploadTimeoutMs: number;
}

/** In whose name a call is made, and what gives it up. */
export interface CallContext {
  /** The employee's flexperto account id (header `x-user-id`). */
  readonly employeeId: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The vendor's signing API, one method per call in the order of its page. Every method throws one of the error family:
 * `NotSentError`, `RefusedError`, `OutcomeUnknownError`, `AnswerNotUnderstoodError`. Nothing is retried here.
 */
export interface FlexpertoClient {
  /** Call 1. Not idempotent. Returns the id of the contract session. */
  initiateSession(context: CallContext, session: SessionToInitiate): Promise<number>;
  /** Call 2. */
  requestUploadUrl(context: CallContext, sessionId: number): Promise<UploadUrl>;
  /** Call 3. Goes to the upload host, without the API key. Returns the file id. Throws what reading the content throws. */
  uploadDocument(url: string, content: UploadContent, signal?: AbortSignal): Promise<string>;
  /** Call 4. Not idempotent. Returns the document, or `null` where the answer is empty. */
  attachDocument(context: CallContext, sessionId: number, fileId: string): Promise<VendorDocument | null>;
  /** Call 5. */
  listDocuments(context: CallContext, sessionId: number): Promise<VendorDocument[]>;
  /** The step that the page names and does not document. */
  handOver(context: CallContext, sessionId: number): Promise<void>;
  close(): Promise<void>;
}

export interface SessionToInitiate {
  readonly name: string;
  readonly method: Method;
  readonly participants: readonly Participant[];
}

const CONTRACTS = '/api/v2/collaboration/contracts/contracts';
const LONGEST_CONNECT_MS = 10_000;

export function createFlexpertoClient(options: FlexpertoOptions): FlexpertoClient {
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  const transport = createTransport(Math.min(LONGEST_CONNECT_MS, options.timeoutMs / 2));
  let attachMethod = options.attachMethod;

  const exchange = (
    call: Call,
    context: CallContext,
    method: Exchange['method'],
    path: string,
    body?: unknown,
  ): Promise<Answer> =>
    transport.exchange({
      call,
      method,
      url: baseUrl + path,
      headers: {
        accept: 'application/json',
        'x-user-id': context.employeeId,
        'api-key': options.apiKey,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      timeoutMs: options.timeoutMs,
      signal: context.signal,
    });

  const attach = async (context: CallContext, sessionId: number, fileId: string): Promise<Answer> => {
    const path = `${CONTRACTS}/sessions/${sessionId}/documents/attach`;
    if (attachMethod !== 'auto') return exchange('attach', context, attachMethod, path, { fileId });
    try {
      return await exchange('attach', context, 'POST', path, { fileId });
    } catch (error) {
      if (!isWithoutThisMethod(error)) throw error;
    }
    const answer = await exchange('attach', context, 'GET', path, { fileId });
    attachMethod = 'GET';
    return answer;
  };

  return {
    initiateSession: async (context, { name, method, participants }) => {
      const body = {
        name,
        method,
        participants: participants.map(({ email, firstname, lastname, mobile }) => ({
          email,
          firstname,
          lastname,
          mobile,
        })),
      };
      return answers.readInitiated(
        (await exchange('initiate', context, 'POST', `${CONTRACTS}/sessions/initiate`, body)).text,
      );
    },

    requestUploadUrl: async (context, sessionId) => {
      const path = `${CONTRACTS}/sessions/${sessionId}/documents/upload-url`;
      const url = answers.readUploadUrl((await exchange('request upload URL', context, 'GET', path)).text);
      requireSafe(url, baseUrl);
      return { url, expiresAt: expiryOf(url, Date.now()) };
    },

    uploadDocument: async (url, content, signal) => {
      const { headers, body } = multipart(content);
      const { text } = await transport.exchange({
        call: 'upload',
        method: 'POST',
        url,
        headers: { accept: 'application/json', ...headers },
        body,
        timeoutMs: options.uploadTimeoutMs,
        signal,
      });
      return answers.readUploaded(text);
    },

    attachDocument: async (context, sessionId, fileId) => {
      const document = answers.readAttached((await attach(context, sessionId, fileId)).text);
      if (document !== null && document.originalFileId !== null && document.originalFileId !== fileId) {
        throw new AnswerNotUnderstoodError('attach', 'it names another file');
      }
      return document;
    },

    listDocuments: async (context, sessionId) => {
      const path = `${CONTRACTS}/documents?sessionId=${sessionId}`;
      return answers.readListed((await exchange('list documents', context, 'GET', path)).text);
    },

    handOver: async (context, sessionId) => {
      if (options.handover === undefined) throw new TypeError('no hand-over call is configured');
      const { method, path } = options.handover;
      await exchange('hand over', context, method, path.replaceAll('{sessionId}', String(sessionId)));
    },

    close: () => transport.close(),
  };
}

/** 404, 405 or 501: the answers of a server that does not know attach by this method. */
function isWithoutThisMethod(error: unknown): boolean {
  if (error instanceof RefusedError) return error.status === 404 || error.status === 405;
  return error instanceof Error && 'status' in error && error.status === 501;
}

/** The upload URL carries a bearer token: over plain http only where the API itself is spoken to over plain http. */
function requireSafe(url: string, baseUrl: string): void {
  const allowed = baseUrl.startsWith('http:') ? ['https:', 'http:'] : ['https:'];
  if (!URL.canParse(url) || !allowed.includes(new URL(url).protocol)) {
    throw new AnswerNotUnderstoodError('request upload URL', 'the url is no https address');
  }
}
