import { z } from 'zod';
import type { VendorDocument } from '../domain/vendor-document.js';
import { AnswerNotUnderstoodError, type Call } from './errors/index.js';
import { parseAnswer } from './parse-answer.js';
import { wholeWords } from './vendor-message.js';

// The schemas ask for what the next call needs and tolerate the rest: unknown fields, absent ones, null.
const id = z
  .union([
    z.int(),
    z
      .string()
      .regex(/^\d{1,15}$/)
      .transform(Number),
  ])
  .pipe(z.int().positive());

// What is read becomes part of a history, which takes 2 MB and no more.
const LONGEST_WORDS = 300;
const LONGEST_NAME = 100;
const LONGEST_URL = 16 * 1024;
const MOST_DOCUMENTS = 1000;

const text = z
  .string()
  .nullish()
  .transform((value) => (value === undefined || value === '' ? null : value));
/** An id or a status, needed whole. */
const named = text.pipe(z.string().max(LONGEST_NAME).nullable());
/** For people. */
const words = text.transform((value) => (value === null ? null : wholeWords(value, LONGEST_WORDS)));

const initiated = z.looseObject({ id });
const uploadUrl = z.looseObject({ url: z.string().min(1).max(LONGEST_URL) });
/** A moment in ISO 8601, whose offset the vendor also writes without a colon; anything else says nothing. */
const moment = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT[\d:.]{5,15}(?:Z|[+-]\d\d:?\d\d)$/)
  .transform((value) => Date.parse(value))
  .pipe(z.number())
  .nullable()
  .catch(null);
const uploaded = z.looseObject({ id: z.string().min(1).max(LONGEST_NAME), availableUntil: moment });
const document = z
  .looseObject({
    id: id.nullish(),
    name: words,
    status: named,
    original_file_id: named,
    failure_reason: words,
  })
  .transform((answer): VendorDocument => ({
    documentId: answer.id ?? null,
    name: answer.name,
    status: answer.status,
    originalFileId: answer.original_file_id,
    failureReason: answer.failure_reason,
  }));
const listedDocument = document.refine(
  ({ documentId, originalFileId }) => documentId !== null || originalFileId !== null,
  'a document without id and original_file_id',
);
const documents = z.array(listedDocument).max(MOST_DOCUMENTS);

/** Answer of initiate: the id of the contract session. Source: call 1. */
export const readInitiated = (answer: string): number => read('initiate', initiated, answer).id;

/** Answer of the upload URL call. Source: call 2. */
export const readUploadUrl = (answer: string): string => read('request upload URL', uploadUrl, answer).url;

/** A file in the vendor's storage. */
export interface StoredFile {
  readonly fileId: string;
  /** In milliseconds since 1970; `null` where the vendor does not say until when it keeps the file. */
  readonly availableUntil: number | null;
}

/** Answer of the upload. Source: call 3. */
export function readUploaded(answer: string): StoredFile {
  const { id: fileId, availableUntil } = read('upload', uploaded, answer);
  return { fileId, availableUntil };
}

/** Answer of attach; `null` where it is empty, as the older page shows it. Source: call 4. */
export function readAttached(answer: string): VendorDocument | null {
  return answer.trim() === '' ? null : read('attach', document, answer);
}

/** Answer of the list call: a bare array, or an object that holds one array of documents. Source: call 5. */
export function readListed(answer: string): VendorDocument[] {
  const parsed = parseAnswer(answer);
  if (Array.isArray(parsed)) return check('list documents', documents, parsed);
  const holder = check('list documents', z.record(z.string(), z.unknown()), parsed);
  const arrays = Object.values(holder).filter((value) => Array.isArray(value));
  const [only] =
    arrays.length === 1
      ? arrays
      : arrays.filter((array) => array.length > 0 && documents.safeParse(array).success);
  if (only === undefined) throw new AnswerNotUnderstoodError('list documents', 'no array of documents in it');
  return check('list documents', documents, only);
}

function read<Schema extends z.ZodType>(call: Call, schema: Schema, answer: string): z.output<Schema> {
  return check(call, schema, parseAnswer(answer));
}

function check<Schema extends z.ZodType>(call: Call, schema: Schema, value: unknown): z.output<Schema> {
  if (value === undefined) throw new AnswerNotUnderstoodError(call, 'it is no complete JSON');
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? 'the answer' : issue.path.join('.');
  throw new AnswerNotUnderstoodError(call, `${where} is not as documented`);
}
