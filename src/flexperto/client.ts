import type { Method, Participant } from '../domain/request.js';
import type { VendorDocument } from '../domain/vendor-document.js';
import type { ProxyConfig } from '../shared/http/proxy-config.js';
import type { CallObserver } from './call-observer.js';
import { AnswerNotUnderstoodError, type Call, OutcomeUnknownError, RefusedError } from './errors.js';
import { type UploadContent, createMultipartBody } from './multipart.js';
import * as answers from './responses.js';
import { type ApiRequest, type ApiResponse, createTransport } from './transport.js';
import { type UploadUrl, assertHttps, readExpiry } from './upload-url.js';

type AttachMethod = 'POST' | 'GET';

export interface FlexpertoOptions {
  /** `https://{tenant}.live.flexperto.com`; a path is kept. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** The vendor's older page shows attach as GET, the newer one as POST. `auto` starts with POST and switches if the method does not exist. */
  readonly attachMethod: 'auto' | AttachMethod;
  /** The hand-over call, which no page documents. Without it, `handOver` must not be called. */
  readonly handover?: { readonly method: 'POST' | 'PUT' | 'PATCH'; readonly path: string } | undefined;
  /** Milliseconds for one JSON call, and for one upload. */
  readonly timeoutMs: number;
  readonly uploadTimeoutMs: number;
  /** Without it, every connection is direct. */
  readonly proxies?: ProxyConfig | undefined;
  /** Observes every request. */
  readonly observe?: CallObserver | undefined;
}

/** The employee in whose name a call is made, and the signal that cancels it. */
export interface CallContext {
  /** The employee's flexperto account id (header `x-user-id`). */
  readonly employeeId: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The vendor's signing API, one method per call in the order of its page. Every method throws one of the error family:
 * `NotSentError`, `RefusedError`, `OutcomeUnknownError`, `AnswerNotUnderstoodError`. The client retries nothing.
 */
export interface FlexpertoClient {
  /** Call 1. Not idempotent. Returns the id of the contract session. */
  initiateSession(context: CallContext, session: NewContractSession): Promise<number>;
  /** Call 2. */
  requestUploadUrl(context: CallContext, sessionId: number): Promise<UploadUrl>;
  /** Call 3. Goes to the upload host, without the API key. Also throws what reading the content throws. */
  uploadDocument(url: string, content: UploadContent, signal?: AbortSignal): Promise<answers.StoredFile>;
  /** Call 4. Not idempotent. Returns the document, or `null` if the answer is empty. */
  attachDocument(context: CallContext, sessionId: number, fileId: string): Promise<VendorDocument | null>;
  /** Call 5. */
  listDocuments(context: CallContext, sessionId: number): Promise<VendorDocument[]>;
  /** The step that the vendor's page names but does not document. Not idempotent. */
  handOver(context: CallContext, sessionId: number): Promise<void>;
  close(): Promise<void>;
}

export interface NewContractSession {
  readonly name: string;
  readonly method: Method;
  readonly participants: readonly Participant[];
}

const CONTRACTS_PATH = '/api/v2/collaboration/contracts/contracts';
const MAX_CONNECT_MS = 10_000;

/** Calls that change nothing. The HTTP method does not show that: attach can be a GET. */
const READ_ONLY_CALLS: readonly Call[] = ['request upload URL', 'list documents'];

export function createFlexpertoClient(options: FlexpertoOptions): FlexpertoClient {
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  const connectTimeoutMs = Math.min(MAX_CONNECT_MS, options.timeoutMs / 2);
  const transport = createTransport(
    connectTimeoutMs,
    options.observe ?? (() => () => undefined),
    options.proxies,
  );
  // The method that worked last comes first.
  let attachMethods: readonly [AttachMethod, AttachMethod] = ['POST', 'GET'];

  const send = (
    call: Call,
    context: CallContext,
    method: ApiRequest['method'],
    path: string,
    body?: unknown,
  ): Promise<ApiResponse> =>
    transport.send({
      call,
      method,
      idempotent: READ_ONLY_CALLS.includes(call),
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

  const attachWith = async (
    method: AttachMethod,
    context: CallContext,
    sessionId: number,
    fileId: string,
  ): Promise<VendorDocument | null> => {
    const path = `${CONTRACTS_PATH}/sessions/${sessionId}/documents/attach`;
    const { text } = await send('attach', context, method, path, { fileId });
    const document = answers.parseAttachResponse(text);
    if (document !== null && document.originalFileId !== null && document.originalFileId !== fileId) {
      throw new AnswerNotUnderstoodError('attach', 'it names another file');
    }
    return document;
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
      return answers.parseInitiateResponse(
        (await send('initiate', context, 'POST', `${CONTRACTS_PATH}/sessions/initiate`, body)).text,
      );
    },

    requestUploadUrl: async (context, sessionId) => {
      const path = `${CONTRACTS_PATH}/sessions/${sessionId}/documents/upload-url`;
      const url = answers.parseUploadUrlResponse(
        (await send('request upload URL', context, 'GET', path)).text,
      );
      assertHttps(url, baseUrl);
      return { url, expiresAt: readExpiry(url, Date.now()) };
    },

    uploadDocument: async (url, content, signal) => {
      const { headers, body } = createMultipartBody(content);
      const { text } = await transport.send({
        call: 'upload',
        method: 'POST',
        documentBytes: content.bytes,
        idempotent: true,
        url,
        headers: { accept: 'application/json', ...headers },
        body,
        timeoutMs: options.uploadTimeoutMs,
        signal,
      });
      return answers.parseUploadResponse(text);
    },

    attachDocument: async (context, sessionId, fileId) => {
      if (options.attachMethod !== 'auto')
        return attachWith(options.attachMethod, context, sessionId, fileId);
      const [method, other] = attachMethods;
      try {
        return await attachWith(method, context, sessionId, fileId);
      } catch (refusal) {
        if (!isMethodUnsupported(refusal)) throw refusal;
        const document = await attachWith(other, context, sessionId, fileId).catch((error: unknown) => {
          throw isMethodUnsupported(error) && getStatus(refusal) === 404 ? refusal : error;
        });
        attachMethods = [other, method];
        return document;
      }
    },

    listDocuments: async (context, sessionId) => {
      const path = `${CONTRACTS_PATH}/documents?sessionId=${sessionId}`;
      return answers.parseListResponse((await send('list documents', context, 'GET', path)).text);
    },

    handOver: async (context, sessionId) => {
      if (options.handover === undefined) throw new TypeError('no hand-over call is configured');
      const { method, path } = options.handover;
      await send('hand over', context, method, path.replaceAll('{sessionId}', String(sessionId)));
    },

    close: () => transport.close(),
  };
}

/**
 * Whether a server does not know attach by this method, and so has attached nothing. A 404 can also mean that the contract
 * session does not exist: then the server refuses the other method too, and the caller gets the 404.
 */
function isMethodUnsupported(error: unknown): boolean {
  return [404, 405, 501].includes(getStatus(error) ?? 0);
}

function getStatus(error: unknown): number | undefined {
  return error instanceof RefusedError || error instanceof OutcomeUnknownError ? error.status : undefined;
}
