import { DEFAULT_DEADLINE_DAYS, MAX_DEADLINE_DAYS, MAX_DOCUMENTS, PARTICIPANTS } from './limits.js';
import { readObject, type ObjectReader } from './reading.js';
import {
  METHODS,
  SIGNATURE_FIELDS,
  WHOLE_REQUEST,
  type Participant,
  type Problem,
  type RequestedDocument,
  type SigningRequest,
} from './request.js';
import * as rules from './text-rules.js';

const REQUEST_FIELDS = [
  'requestId', 'employeeId', 'name', 'method', 'participants', 'documents', 'crmRecord', 'callbackUrl', 'deadlineDays',
]; // prettier-ignore
const PARTICIPANT_FIELDS = ['email', 'firstname', 'lastname', 'mobile'];
const DOCUMENT_FIELDS = ['source', 'name', 'sha256', 'signatureFields'];

/** What was read of a request: complete when `problems` is empty, else only good for looking for further problems. */
export interface ReadRequest {
  readonly request: SigningRequest;
  readonly problems: readonly Problem[];
}

/**
 * Reads a request as it came from a CRM and fills in the defaults. Reports all problems at once, each with its field.
 * Everything that can be known without looking at a document is checked here.
 */
export function readRequest(input: unknown): ReadRequest {
  const problems: Problem[] = [];
  const reader = readObject(input, '', 'a signing request', REQUEST_FIELDS, problems);
  if (reader === undefined)
    return { request: NOTHING, problems: [{ field: WHOLE_REQUEST, message: 'must be a JSON object' }] };
  const request: SigningRequest = {
    requestId: reader.text('requestId', rules.requestId),
    employeeId: reader.text('employeeId', rules.identifier(64)),
    name: reader.text('name', rules.line(255)),
    method: reader.word('method', METHODS) ?? 'aes',
    participants: readParticipants(reader, problems),
    documents: readDocuments(reader, problems),
    ...optional('crmRecord', reader.optionalText('crmRecord', rules.identifier(255))),
    ...optional('callbackUrl', reader.optionalText('callbackUrl', rules.callbackUrl)),
    deadlineDays: readDeadlineDays(reader),
  };
  problems.push(...contradictions(request));
  return { request, problems };
}

const NOTHING: SigningRequest = {
  requestId: '', employeeId: '', name: '', method: 'aes', participants: [], documents: [], deadlineDays: DEFAULT_DEADLINE_DAYS,
}; // prettier-ignore

function readParticipants(reader: ObjectReader, problems: Problem[]): Participant[] {
  const rule = { least: PARTICIPANTS, most: PARTICIPANTS, must: 'exactly one participant' };
  return reader.list('participants', rule).flatMap((value, index) => {
    const at = `participants[${index}]`;
    const participant = readObject(value, at, 'a participant', PARTICIPANT_FIELDS, problems);
    if (participant === undefined) return [];
    return {
      email: participant.text('email', rules.email),
      firstname: participant.text('firstname', rules.line(200)),
      lastname: participant.text('lastname', rules.line(200)),
      mobile: participant.text('mobile', rules.mobile),
    };
  });
}

function readDocuments(reader: ObjectReader, problems: Problem[]): RequestedDocument[] {
  const rule = { least: 1, most: MAX_DOCUMENTS, must: `1 to ${MAX_DOCUMENTS} documents` };
  return reader.list('documents', rule).map((value, index) => {
    const document = readObject(value, `documents[${index}]`, 'a document', DOCUMENT_FIELDS, problems);
    // A blank in its place keeps the other documents' positions, by which their problems are named.
    return document === undefined ? BLANK : readDocument(document);
  });
}

const BLANK: RequestedDocument = { source: '', name: '', signatureFields: 'required' };

function readDocument(reader: ObjectReader): RequestedDocument {
  const source = reader.text('source', rules.source);
  return {
    source,
    name: readName(reader, source),
    signatureFields: reader.word('signatureFields', SIGNATURE_FIELDS, 'required') ?? 'required',
    ...optional('sha256', reader.optionalText('sha256', rules.sha256)?.toLowerCase()),
  };
}

function readName(reader: ObjectReader, source: string): string {
  const given = reader.optionalText('name', rules.fileName);
  if (given !== undefined) return given;
  const name = baseName(source);
  if (source !== '' && !rules.fileName.test(name)) {
    reader.report('name', 'is missing, and the source does not end in a file name that could stand for it');
  }
  return name;
}

/** The last part of the source's path: the default name of a document. */
export function baseName(source: string): string {
  const path = source.startsWith('https:') ? new URL(source).pathname : source.slice('file:'.length);
  const last = path.split('/').at(-1) ?? '';
  if (!source.startsWith('https:')) return last;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

function readDeadlineDays(reader: ObjectReader): number {
  const value = reader.value('deadlineDays') ?? DEFAULT_DEADLINE_DAYS;
  if (typeof value === 'number' && value > 0 && value <= MAX_DEADLINE_DAYS) return value;
  reader.report('deadlineDays', `must be a number of days above 0 and up to ${MAX_DEADLINE_DAYS}`);
  return DEFAULT_DEADLINE_DAYS;
}

function contradictions({ documents, method }: SigningRequest): Problem[] {
  const names = documents.map((document) => comparable(document.name));
  const first = new Map([...names.entries()].reverse().map(([index, name]) => [name, index]));
  const repeated = names.flatMap((name, index) => {
    const earlier = first.get(name) ?? index;
    if (name === '' || earlier === index) return [];
    const same = documents[earlier]?.name === documents[index]?.name;
    const message = `must be unique: documents[${earlier}] has the same name${same ? '' : ' but for case or Unicode form'}`;
    return { field: `documents[${index}].name`, message };
  });
  const nothingToSign =
    method !== 'qes' &&
    documents.length > 0 &&
    documents.every((document) => document.signatureFields === 'none');
  return nothingToSign
    ? [
        ...repeated,
        {
          field: 'documents',
          message: `must hold at least one document with signatureFields "required", since with ${method} nothing could be signed`,
        },
      ]
    : repeated;
}

/** The same for names that people, file systems or the vendor may take for one: in NFC, without upper and lower case. */
function comparable(name: string): string {
  return name.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
}

function optional<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): Partial<Record<Key, Value>> {
  const entry: Partial<Record<Key, Value>> = {};
  if (value !== undefined) entry[key] = value;
  return entry;
}

/** More than an honest request can have; a failure that is larger than the server allows would reach nobody. */
const MOST_DESCRIBED = 100;

/** All problems in one message, one sentence each: "participants[0].mobile must be …; documents must hold …". */
export function describeProblems(problems: readonly Problem[]): string {
  const more = problems.length - MOST_DESCRIBED;
  const described = problems.slice(0, MOST_DESCRIBED).map(({ field, message }) => `${field} ${message}`);
  return [...described, ...(more > 0 ? [`and ${more} more problems`] : [])].join('; ');
}
