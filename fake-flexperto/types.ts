import type { Session } from './entities.js';

/** The vendor's calls, in the order of its page. */
export type Call = 'initiate' | 'upload-url' | 'upload' | 'attach' | 'list' | 'hand-over';

/** The change that a call made at the vendor. A rejected call has no effect. */
export type Effect =
  'session-initiated' | 'upload-url-issued' | 'file-uploaded' | 'document-attached' | 'session-handed-over';

/** The settings that a test may change while the fake runs. */
export interface Settings {
  /** How long an upload URL issued from now on is valid. */
  uploadUrlSeconds: number;
  /** The method that attach accepts; the fake answers 405 to the other one. */
  attach: 'POST' | 'GET';
  /** `empty`: 200 without a body, since the older page shows none. */
  attachAnswer: 'document' | 'empty';
  /** Whether the list call exists; `false`: 404, like any unknown route. */
  list: boolean;
  /** A bare array, or `{"documents":[…]}`; the page does not show which. */
  listShape: 'array' | 'object';
  /** Whether an element of the list names the uploaded file. */
  listFileIds: boolean;
  /** How long the fake keeps a file that is uploaded from now on. An attached document stays. */
  fileSeconds: number;
  /** Whether the answer to an upload names the file's expiry. */
  tellsFileLife: boolean;
}

export interface FakeFlexpertoOptions extends Partial<Settings> {
  /** Port of the API, the dashboard and the control API. Default 0: any free one. */
  readonly port?: number;
  /** Port of the upload host, which is another host at the vendor. Default 0: any free one. */
  readonly uploadPort?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** The start of upload URLs, where clients reach the upload host under another name. */
  readonly publicUploadUrl?: string;
  /** Default `fake-api-key`. */
  readonly apiKey?: string;
  /**
   * The hand-over call, which no copy of the vendor's page names: a method and a path template such as
   * `POST /api/v2/…/sessions/{sessionId}/handover`. Unset: only an employee can hand over.
   */
  readonly handOver?: string;
}

/** A fault hits `times` calls and is then used up. Its fields can be combined. */
export interface Fault {
  readonly call: Call;
  /** How many calls it hits. Default 1. */
  readonly times?: number;
  /** How many matching calls it skips first, counted from its addition. Default 0. */
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
  /** With `status`: the call takes effect despite that status. */
  readonly effect?: boolean;
  /** The delay of the answer. The effect comes first, unless `delayBefore` is true. */
  readonly delaySeconds?: number;
  /** The effect comes after the delay, even when the client has disconnected. */
  readonly delayBefore?: boolean;
  /** Resets the connection instead of an answer, before or after the effect. */
  readonly reset?: 'before' | 'after';
  /** Bytes per second of the answer's body. */
  readonly slowBody?: number;
  /** Sends half of the body under the Content-Length of the whole, then closes the connection. */
  readonly truncate?: boolean;
  /** Replaces the body of a 2xx answer, after the effect. */
  readonly answer?: string;
  /** How long the upload URL of this answer is valid; overrides the setting. */
  readonly uploadUrlSeconds?: number;
}

/** One call and its answer. Contains neither the API key nor an upload token. */
export interface LedgerEntry {
  /** When the call arrived, by the fake's clock. */
  readonly at: string;
  /** `unknown`: a path below /api/ that the vendor does not have. */
  readonly call: Call | 'unknown';
  readonly method: string;
  /** The path template, without a query. */
  readonly path: string;
  /** From `x-user-id`; on an upload the owner in the token. Null for neither. */
  readonly employeeId: string | null;
  readonly sessionId?: number;
  readonly fileId?: string;
  readonly documentName?: string;
  readonly bytes?: number;
  readonly sha256?: string;
  /** The status of the answer. Null: no answer (yet), after a reset or a disconnect of the client. */
  readonly status: number | null;
  readonly effect: Effect | null;
  readonly fault?: true;
  /** The names of the headers received, in lower case. */
  readonly headers: readonly string[];
  readonly apiKey: 'right' | 'wrong' | 'absent';
  readonly transfer?: 'content-length' | 'chunked';
  /** The body of a JSON call, where it was valid JSON. */
  readonly requestBody?: unknown;
}

export interface FakeFlexperto {
  /** The base URL: API, dashboard (`/`) and control API (`/_fake/`). */
  readonly url: string;
  /** The start of upload URLs. */
  readonly uploadUrl: string;
  readonly apiKey: string;
  readonly settings: Settings;
  /** Determines token lifetimes and timestamps. It continues from any time to which it is set. */
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
  /** An employee hands over in the Dashboard: ATTACHED becomes UPLOADED, and attach is no longer possible. */
  handOver(sessionId: number): void;
  /** The participant signs every document that awaits a signature, or one document: FINISHED. */
  sign(sessionId: number, documentId?: number): void;
  /** A signing step changes every document that awaits a signature, or one document: UPDATED. */
  update(sessionId: number, documentId?: number): void;
  /** The identification fails: FAILED, with a `failure_reason`. */
  failIdentification(sessionId: number, documentId?: number, reason?: string): void;
  /** An employee deletes every document that is not final, or one: DELETED. */
  remove(sessionId: number, documentId?: number): void;
  /** Sets any status, also one that no page names. */
  setStatus(sessionId: number, documentId: number, status: string): void;
  /** Restores the state after the start: no sessions, no faults, an empty ledger, real time, initial settings. */
  reset(): void;
  close(): Promise<void>;
}
