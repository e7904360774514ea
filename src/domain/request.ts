/** What the vendor's page limits. Source: "Signing Documents", asynchronous flow. */
export const MAX_DOCUMENTS = 20;

/**
 * All documents of a contract session together, in bytes. The page says 50 MB and not which megabytes: the smaller ones,
 * since a refusal before anything is sent harms less than one in the middle of a session.
 */
export const MAX_TOTAL_BYTES = 50_000_000;

/** `participants` is an array in the API, of which exactly one element is supported. */
export const PARTICIPANT_COUNT = 1;

/** Days until a session that nobody signs ends as `expired`, unless the request says otherwise. */
export const DEFAULT_DEADLINE_DAYS = 30;
export const MAX_DEADLINE_DAYS = 365;

/** The contract session that a call is about, and in whose name it is made. */
export interface ContractSessionRef {
  readonly employeeId: string;
  readonly sessionId: number;
  /** Who signs: the vendor may repeat in any answer what it knows of them, and no message may pass it on. */
  readonly participants: readonly Participant[];
}

/** `aes` needs signature fields in the PDF; with `qes` the vendor signs the whole document. */
export const METHODS = ['aes', 'ves', 'qes'] as const;
export type Method = (typeof METHODS)[number];

/** Whether a document must bring signature fields, or is enclosed for information. */
export const SIGNATURE_FIELDS = ['required', 'none'] as const;
export type SignatureFields = (typeof SIGNATURE_FIELDS)[number];

/** The customer who signs. Personal data: never in a log, a message or a search attribute. */
export interface Participant {
  readonly email: string;
  readonly firstname: string;
  readonly lastname: string;
  /** E.164: the customer receives the SMS password there. */
  readonly mobile: string;
}

/** One document of a request, its defaults filled in. */
export interface RequestedDocument {
  /** `file:` below the document root, or `https:` on a listed host. */
  readonly source: string;
  /** The file name that employee and customer see; unique within the request. */
  readonly name: string;
  readonly signatureFields: SignatureFields;
  /** Lower-case hex; when given, the bytes at the source must match it. */
  readonly sha256?: string;
}

/** One employee's decision to send documents to one customer, its defaults filled in. */
export interface SigningRequest {
  readonly requestId: string;
  /** The flexperto account id of the employee (the vendor's *expert*) who owns the process. */
  readonly employeeId: string;
  readonly name: string;
  readonly method: Method;
  readonly participants: readonly Participant[];
  readonly documents: readonly RequestedDocument[];
  readonly crmRecord?: string;
  readonly callbackUrl?: string;
  readonly deadlineDays: number;
}

/** The `field` of a problem that the request has as a whole. */
export const WHOLE_REQUEST = 'request';

/** One thing that is wrong with a request: where (a path such as `participants[0].mobile`), and what, in one sentence. */
export interface Problem {
  readonly field: string;
  readonly message: string;
}

/** A document in the vendor's storage. */
export interface UploadedFile {
  readonly fileId: string;
  /** How long the vendor keeps it, in milliseconds from its upload; `null` where the vendor does not say. */
  readonly retentionMs: number | null;
}

/** What is known of a document once it has been looked at, before anything is sent. */
export interface CheckedDocument extends RequestedDocument {
  readonly bytes: number;
  readonly sha256: string;
  readonly pages: number;
  /** Signature fields found in the PDF, signed ones included. */
  readonly fields: number;
}
