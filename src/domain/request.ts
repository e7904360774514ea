import {
  type Field,
  type FieldContext,
  type Fields,
  listOf,
  oneOf,
  optional,
  positiveNumber,
  text,
  withDefault,
} from './field-schema.js';
import * as rules from './text-rules.js';

/** The vendor's limit per contract session. Source: "Signing Documents", asynchronous flow. */
export const MAX_DOCUMENTS = 20;

/**
 * The vendor's limit for all documents of a contract session, in bytes. The page says 50 MB and does not define a megabyte.
 * This is the smaller reading: a refusal before anything is sent does less harm than one in the middle of a signing.
 */
export const MAX_TOTAL_BYTES = 50_000_000;

/** `participants` is an array in the vendor's API, which supports exactly one element. */
const PARTICIPANT_COUNT = 1;

/** Days until an unsigned signing ends as `expired`, where the request names no number. */
const DEFAULT_DEADLINE_DAYS = 30;
export const MAX_DEADLINE_DAYS = 365;

/** The contract session that a call concerns, and the employee in whose name the worker makes the call. */
export interface ContractSessionRef {
  readonly employeeId: string;
  readonly sessionId: number;
  /** The vendor may repeat their data in any answer; messages leave it out. */
  readonly participants: readonly Participant[];
}

/** `aes` needs signature fields in the PDF; with `qes` the vendor signs the whole document. */
export const METHODS = ['aes', 'ves', 'qes'] as const;
export type Method = (typeof METHODS)[number];

/** Whether a document must have signature fields, or is enclosed for information. */
export const SIGNATURE_FIELDS = ['required', 'none'] as const;
export type SignatureFields = (typeof SIGNATURE_FIELDS)[number];

/** The customer who signs. Personal data: never in a log, a message or a search attribute. */
export interface Participant {
  readonly email: string;
  readonly firstname: string;
  readonly lastname: string;
  /** E.164. The customer receives the SMS password on it. */
  readonly mobile: string;
}

/** One document of a request, its defaults filled in. */
export interface RequestedDocument {
  /** `file:` below the document root, or `https:` on a listed host. */
  readonly source: string;
  /** The file name that employee and customer see; unique within the request. */
  readonly name: string;
  readonly signatureFields: SignatureFields;
  /** Lower-case hex. Where it is given, the bytes at the source must match it. */
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

/** A document in the vendor's storage. */
export interface UploadedFile {
  readonly fileId: string;
  /** How long the vendor keeps it, in milliseconds from its upload; `null` where the vendor does not say. */
  readonly retentionMs: number | null;
}

/** A document after its check, before anything is sent. */
export interface CheckedDocument extends RequestedDocument {
  readonly bytes: number;
  readonly sha256: string;
  readonly pages: number;
  /** Signature fields found in the PDF, signed ones included. */
  readonly fields: number;
}

const PARTICIPANT_FIELDS: Fields<Participant> = {
  email: text(rules.email),
  firstname: text(rules.singleLine(200)),
  lastname: text(rules.singleLine(200)),
  mobile: text(rules.mobile),
};

const DOCUMENT_FIELDS: Fields<RequestedDocument> = {
  source: text(
    rules.documentSource,
    'file: with a path below the document root, or an https: address; with a token, the `source` of an own upload.',
  ),
  name: createDocumentNameField(),
  signatureFields: withDefault(
    oneOf(SIGNATURE_FIELDS, '`required` by default; `none` for a document enclosed for information.'),
    'required',
  ),
  sha256: toLowerCase(optional(text(rules.sha256, 'Compared with the document where given.'))),
};

/** The fields of a request, in the order of its problems. A new one is added here and to `SigningRequest`. */
export const REQUEST_FIELDS: Fields<SigningRequest> = {
  requestId: text(
    rules.requestId,
    'The CRM’s id of this one click, which makes the start idempotent. May come as the header Idempotency-Key instead.',
  ),
  employeeId: text(
    rules.identifier(64),
    'The employee’s flexperto account id. A caller with a token may leave it out, and cannot name another one.',
  ),
  name: text(rules.singleLine(255), 'Seen by employee and customer; no personal data, please.'),
  method: oneOf(METHODS),
  participants: listOf(
    PARTICIPANT_FIELDS,
    {
      minItems: PARTICIPANT_COUNT,
      maxItems: PARTICIPANT_COUNT,
      noun: 'a participant',
      requirement: 'exactly one participant',
    },
    'The customer who signs: exactly one.',
  ),
  documents: listOf(
    DOCUMENT_FIELDS,
    {
      minItems: 1,
      maxItems: MAX_DOCUMENTS,
      noun: 'a document',
      requirement: `1 to ${MAX_DOCUMENTS} documents`,
    },
    'At least one of them with signature fields, unless the method is qes.',
  ),
  crmRecord: optional(text(rules.identifier(255))),
  callbackUrl: optional(text(rules.callbackUrl)),
  deadlineDays: positiveNumber(
    MAX_DEADLINE_DAYS,
    DEFAULT_DEADLINE_DAYS,
    'a number of days',
    `${DEFAULT_DEADLINE_DAYS} by default.`,
  ),
};

function createDocumentNameField(): Field<string> {
  const field = text(
    rules.fileName,
    'A file name, other than that of any other document; by default the last part of the source.',
  );
  const parseOrDerive = (value: unknown, context: FieldContext): string => {
    if (value !== undefined) return field.parse(value, context);
    const source = String(context.parsed['source']);
    const name = getBaseName(source);
    if (source !== '' && !rules.fileName.test(name))
      context.report('is missing, and the source does not end in a file name that could stand for it');
    return name;
  };
  return { ...field, isOptional: true, parse: parseOrDerive };
}

/** The last part of the source's path: the default name of a document. */
export function getBaseName(source: string): string {
  const path = source.startsWith('https:') ? new URL(source).pathname : source.slice('file:'.length);
  const last = path.split('/').at(-1) ?? '';
  if (!source.startsWith('https:')) return last;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

function toLowerCase(field: Field<string | undefined>): Field<string | undefined> {
  return { ...field, parse: (value, context) => field.parse(value, context)?.toLowerCase() };
}
