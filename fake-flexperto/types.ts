import type { Session } from './entities.js';

/** The vendor's calls, in the order of its page. */
export type Call = 'initiate' | 'upload-url' | 'upload' | 'attach' | 'list' | 'hand-over';

/** What a call changed at the vendor. A call that was refused has no effect. */
export type Effect =
  'session-initiated' | 'upload-url-issued' | 'file-uploaded' | 'document-attached' | 'session-handed-over';

/** What may be changed while the fake runs. */
export interface Settings {
  /** How long an upload URL issued from now on is valid. */
  uploadUrlSeconds: number;
  /** The one method attach accepts; the other is answered with 405. */
  attach: 'POST' | 'GET';
  /** `empty`: 200 without a body, since the older page shows none. */
  attachAnswer: 'document' | 'empty';
  /** Whether the list call exists; without it 404, like any unknown route. */
  list: boolean;
  /** A bare array, or `{"documents":[…]}`; the page does not show which. */
  listShape: 'array' | 'object';
  /** Whether an element of the list names the uploaded file. */
  listFileIds: boolean;
  /** How long a file uploaded from now on is kept; what is attached by then stays. */
  fileSeconds: number;
  /** Whether the answer of an upload says until when the file is kept. */
  tellsFileLife: boolean;
}

export interface FakeFlexpertoOptions extends Partial<Settings> {
  /** Port of the API, the dashboard and the control API. Default 0: any free one. */
  readonly port?: number;
  /** Port of the upload host, another one as the vendor's is another host. Default 0: any free one. */
  readonly uploadPort?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** What upload URLs start with, where others reach the upload host by another name than this machine. */
  readonly publicUploadUrl?: string;
  /** Default `fake-api-key`. */
  readonly apiKey?: string;
  /**
   * The hand-over call, which no copy of the vendor's page names: a method and a path template such as
   * `POST /api/v2/…/sessions/{sessionId}/handover`. Unset: only an employee can hand over.
   */
  readonly handOver?: string;
}

/** A fault is used up by the calls it hits. Fields may be combined. */
export interface Fault {
  readonly call: Call;
  /** How many calls it hits. Default 1. */
  readonly times?: number;
  /** How many matching calls it lets pass first, counted from when it was added. Default 0. */
  readonly skip?: number;
  /** Only the upload or attach of the file with this name. */
  readonly document?: string;
  /** Only calls about the contract session with this name. */
  readonly session?: string;
  /** The answer's status. Nothing happens at the vendor, unless `effect` is true. */
  readonly status?: number;
  /** JSON body of that status. Default `{"message":"…"}`. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The Retry-After header. */
  readonly retryAfter?: string;
  /** With `status`: the call takes effect although it is answered with that status. */
  readonly effect?: boolean;
  /** How long the answer is held back. The effect comes first, unless `delayBefore` is true. */
  readonly delaySeconds?: number;
  /** The effect comes after the wait, even when the client has gone by then. */
  readonly delayBefore?: boolean;
  /** The connection is reset instead of an answer, before or after the effect. */
  readonly reset?: 'before' | 'after';
  /** Bytes per second of the answer's body. */
  readonly slowBody?: number;
  /** Half of the body arrives, under the Content-Length of the whole, then the connection ends. */
  readonly truncate?: boolean;
  /** Replaces the body of a 2xx answer, after the effect. */
  readonly answer?: string;
  /** How long the upload URL of this answer is valid, whatever the setting says. */
  readonly uploadUrlSeconds?: number;
}

/** One call as it arrived and as it was answered. Holds neither the API key nor an upload token. */
export interface LedgerEntry {
  /** When the call arrived, by the fake's clock. */
  readonly at: string;
  /** `unknown`: a path below /api/ that the vendor does not have. */
  readonly call: Call | 'unknown';
  readonly method: string;
  /** The path template, without a query. */
  readonly path: string;
  /** From `x-user-id`; on an upload the owner in the token. Null where there is none. */
  readonly employeeId: string | null;
  readonly sessionId?: number;
  readonly fileId?: string;
  readonly documentName?: string;
  readonly bytes?: number;
  readonly sha256?: string;
  /** The status sent. Null: not answered (yet), because of a reset or because the client had gone. */
  readonly status: number | null;
  readonly effect: Effect | null;
  readonly fault?: true;
  /** The names of the headers received, in lower case. */
  readonly headers: readonly string[];
  readonly apiKey: 'right' | 'wrong' | 'absent';
  readonly transfer?: 'content-length' | 'chunked';
  /** The JSON of a JSON call, as far as it could be read. */
  readonly requestBody?: unknown;
}

export interface FakeFlexperto {
  /** The base URL: API, dashboard (`/`) and control API (`/_fake/`). */
  readonly url: string;
  /** What upload URLs start with. */
  readonly uploadUrl: string;
  readonly apiKey: string;
  readonly settings: Settings;
  /** Rules token lifetimes and timestamps. Goes on running from where it was set. */
  readonly clock: { now(): Date; advance(seconds: number): void; set(at: Date): void; reset(): void };
  readonly faults: { add(fault: Fault): void; clear(): void; pending(): readonly Fault[] };
  /** Every call in the order of arrival. */
  readonly ledger: {
    entries(): readonly LedgerEntry[];
    effects(effect: Effect): readonly LedgerEntry[];
    clear(): void;
  };
  /** A copy of all contract sessions, documents in the order they were attached. */
  sessions(): readonly Session[];
  /** An employee hands over in the Dashboard: ATTACHED becomes UPLOADED, nothing can be attached any more. */
  handOver(sessionId: number): void;
  /** The participant signs everything that awaits it, or one document: FINISHED. */
  sign(sessionId: number, documentId?: number): void;
  /** A signing step changes everything that awaits signature, or one document: UPDATED. */
  update(sessionId: number, documentId?: number): void;
  /** The identification fails: FAILED, with a `failure_reason`. */
  failIdentification(sessionId: number, documentId?: number, reason?: string): void;
  /** An employee deletes every document that is not final, or one: DELETED. */
  remove(sessionId: number, documentId?: number): void;
  /** Any status, also one that no page names. */
  setStatus(sessionId: number, documentId: number, status: string): void;
  /** As just started: no sessions, no faults, an empty ledger, the real time, the first settings. */
  reset(): void;
  close(): Promise<void>;
}
