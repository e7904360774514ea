import { z } from 'zod';
import type { VendorDocument } from '../domain/vendor-document.js';
import { AnswerNotUnderstoodError, type Call } from './errors.js';

const MAX_VENDOR_MESSAGE_LENGTH = 300;

// The page shows no error body. These are the fields in which JSON APIs usually put the sentence.
const MESSAGE_FIELDS = ['message', 'error_description', 'detail', 'error', 'title'];
const errorBodySchema = z.record(z.string(), z.unknown());

/** An HTML page of a proxy is not a message, in any field. */
const HTML_PAGE = /^\s*<|<(!doctype|html|head|body)\b/i;

/**
 * The message of an error answer, in one line of at most 300 characters; '' if there is none. It may repeat what was sent:
 * redact it before you show it.
 */
export function extractVendorMessage(text: string): string {
  const body = errorBodySchema.safeParse(parseLenientJson(text)).data;
  const found = MESSAGE_FIELDS.map((field) => body?.[field]).find((value) => typeof value === 'string');
  // JSON.stringify resolves escapes such as \u00f6, in which a name could hide from redaction.
  const sentence = found ?? (body === undefined ? text : JSON.stringify(body));
  return typeof sentence !== 'string' || HTML_PAGE.test(sentence)
    ? ''
    : truncateAtWord(sentence.replace(/\s+/g, ' ').trim(), MAX_VENDOR_MESSAGE_LENGTH);
}

/** The beginning of a text, cut between words: redaction could not recognize half a name. */
export function truncateAtWord(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const end = text.lastIndexOf(' ', maxLength);
  return text.slice(0, end > 0 ? end : maxLength);
}

// The schemas demand what the next call needs and tolerate the rest: unknown fields, absent ones, null.
const idSchema = z
  .union([
    z.int(),
    z
      .string()
      .regex(/^\d{1,15}$/)
      .transform(Number),
  ])
  .pipe(z.int().positive());

// These values become part of a history, which takes at most 2 MB.
const MAX_MESSAGE_LENGTH = 300;
const MAX_ID_LENGTH = 100;
const MAX_URL_LENGTH = 16 * 1024;
const MAX_DOCUMENTS = 1000;

const textSchema = z
  .string()
  .nullish()
  .transform((value) => (value === undefined || value === '' ? null : value));
/** An id or a status, which must not be cut. */
const identifierSchema = textSchema.pipe(z.string().max(MAX_ID_LENGTH).nullable());
/** A text for people, which may be cut. */
const messageSchema = textSchema.transform((value) =>
  value === null ? null : truncateAtWord(value, MAX_MESSAGE_LENGTH),
);

const initiateSchema = z.looseObject({ id: idSchema });
const uploadUrlSchema = z.looseObject({ url: z.string().min(1).max(MAX_URL_LENGTH) });
/** A time in ISO 8601, whose offset the vendor also writes without a colon; anything else becomes null. */
const timestampSchema = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT[\d:.]{5,15}(?:Z|[+-]\d\d:?\d\d)$/)
  .transform((value) => Date.parse(value))
  .pipe(z.number())
  .nullable()
  .catch(null);
const uploadSchema = z.looseObject({
  id: z.string().min(1).max(MAX_ID_LENGTH),
  availableUntil: timestampSchema,
});
const documentSchema = z
  .looseObject({
    id: idSchema.nullish(),
    name: messageSchema,
    status: identifierSchema,
    original_file_id: identifierSchema,
    failure_reason: messageSchema,
  })
  .transform((answer): VendorDocument => ({
    documentId: answer.id ?? null,
    name: answer.name,
    status: answer.status,
    originalFileId: answer.original_file_id,
    failureReason: answer.failure_reason,
  }));
const listedDocumentSchema = documentSchema.refine(
  ({ documentId, originalFileId }) => documentId !== null || originalFileId !== null,
  'a document without id and original_file_id',
);
const documentListSchema = z.array(listedDocumentSchema).max(MAX_DOCUMENTS);

/** Answer of initiate: the id of the contract session. Source: call 1. */
export const parseInitiateResponse = (body: string): number =>
  parseResponse('initiate', initiateSchema, body).id;

/** Answer of the upload URL call. Source: call 2. */
export const parseUploadUrlResponse = (body: string): string =>
  parseResponse('request upload URL', uploadUrlSchema, body).url;

/** A file in the vendor's storage. */
export interface StoredFile {
  readonly fileId: string;
  /** In milliseconds since 1970; `null` if the vendor does not say until when it keeps the file. */
  readonly availableUntil: number | null;
}

/** Answer of the upload. Source: call 3. */
export function parseUploadResponse(body: string): StoredFile {
  const { id: fileId, availableUntil } = parseResponse('upload', uploadSchema, body);
  return { fileId, availableUntil };
}

/** Answer of attach; `null` if it is empty, as the older page shows it. Source: call 4. */
export function parseAttachResponse(body: string): VendorDocument | null {
  return body.trim() === '' ? null : parseResponse('attach', documentSchema, body);
}

/** Answer of the list call: an array, or an object that holds one array of documents. Source: call 5. */
export function parseListResponse(body: string): VendorDocument[] {
  const parsed = parseLenientJson(body);
  if (Array.isArray(parsed)) return validate('list documents', documentListSchema, parsed);
  const container = validate('list documents', z.record(z.string(), z.unknown()), parsed);
  const arrays = Object.values(container).filter((value) => Array.isArray(value));
  const [only] =
    arrays.length === 1
      ? arrays
      : arrays.filter((array) => array.length > 0 && documentListSchema.safeParse(array).success);
  if (only === undefined) throw new AnswerNotUnderstoodError('list documents', 'no array of documents in it');
  return validate('list documents', documentListSchema, only);
}

function parseResponse<Schema extends z.ZodType>(call: Call, schema: Schema, body: string): z.output<Schema> {
  return validate(call, schema, parseLenientJson(body));
}

function validate<Schema extends z.ZodType>(call: Call, schema: Schema, value: unknown): z.output<Schema> {
  if (value === undefined) throw new AnswerNotUnderstoodError(call, 'it is no complete JSON');
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const location = issue === undefined || issue.path.length === 0 ? 'the answer' : issue.path.join('.');
  throw new AnswerNotUnderstoodError(call, `${location} is not as documented`);
}

/**
 * The JSON of an answer, or `undefined` if it is not JSON. The vendor's page shows the word `undefined` as a value, which
 * JSON does not have: outside of strings it becomes null.
 */
export function parseLenientJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    try {
      return JSON.parse(replaceUndefinedByNull(text));
    } catch {
      return undefined;
    }
  }
}

const UNDEFINED = 'undefined';

/** Reads character by character: a regular expression takes hours, or a hundred times the memory, for a hostile answer. */
function replaceUndefinedByNull(text: string): string {
  let output = '';
  let copiedUntil = 0;
  let isInString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '\\') index += 1;
    else if (character === '"') isInString = !isInString;
    else if (character === 'u' && !isInString && text.startsWith(UNDEFINED, index)) {
      output += `${text.slice(copiedUntil, index)}null`;
      copiedUntil = index + UNDEFINED.length;
      index = copiedUntil - 1;
    }
  }
  return output + text.slice(copiedUntil);
}
