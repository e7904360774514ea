import {
  DEFAULT_DEADLINE_DAYS,
  MAX_DEADLINE_DAYS,
  MAX_DOCUMENTS,
  PARTICIPANT_COUNT,
  METHODS,
  SIGNATURE_FIELDS,
  WHOLE_REQUEST,
  type Participant,
  type Problem,
  type RequestedDocument,
  type SigningRequest,
} from './request.js';
import { createObjectReader, type ObjectReader } from './object-reader.js';

import * as rules from './text-rules.js';

const REQUEST_FIELDS = [
  'requestId', 'employeeId', 'name', 'method', 'participants', 'documents', 'crmRecord', 'callbackUrl', 'deadlineDays',
]; // prettier-ignore
const PARTICIPANT_FIELDS = ['email', 'firstname', 'lastname', 'mobile'];
const DOCUMENT_FIELDS = ['source', 'name', 'sha256', 'signatureFields'];

/** What was read of a request: complete when `problems` is empty, else only good for looking for further problems. */
export interface ParsedRequest {
  readonly request: SigningRequest;
  readonly problems: readonly Problem[];
}

/**
 * Reads a request as it came from a CRM and fills in the defaults. Reports all problems at once, each with its field.
 * Everything that can be known without looking at a document is checked here.
 */
export function parseRequest(input: unknown): ParsedRequest {
  const problems: Problem[] = [];
  const reader = createObjectReader(input, '', 'a signing request', REQUEST_FIELDS, problems);
  if (reader === undefined)
    return { request: EMPTY_REQUEST, problems: [{ field: WHOLE_REQUEST, message: 'must be a JSON object' }] };
  const request: SigningRequest = {
    requestId: reader.readText('requestId', rules.requestId),
    employeeId: reader.readText('employeeId', rules.identifier(64)),
    name: reader.readText('name', rules.singleLine(255)),
    method: reader.readEnum('method', METHODS) ?? 'aes',
    participants: parseParticipants(reader, problems),
    documents: parseDocuments(reader, problems),
    ...optionalField('crmRecord', reader.readOptionalText('crmRecord', rules.identifier(255))),
    ...optionalField('callbackUrl', reader.readOptionalText('callbackUrl', rules.callbackUrl)),
    deadlineDays: parseDeadlineDays(reader),
  };
  problems.push(...findContradictions(request));
  return { request, problems };
}

const EMPTY_REQUEST: SigningRequest = {
  requestId: '', employeeId: '', name: '', method: 'aes', participants: [], documents: [], deadlineDays: DEFAULT_DEADLINE_DAYS,
}; // prettier-ignore

function parseParticipants(reader: ObjectReader, problems: Problem[]): Participant[] {
  const rule = {
    minItems: PARTICIPANT_COUNT,
    maxItems: PARTICIPANT_COUNT,
    requirement: 'exactly one participant',
  };
  return reader.readList('participants', rule).flatMap((value, index) => {
    const at = `participants[${index}]`;
    const participant = createObjectReader(value, at, 'a participant', PARTICIPANT_FIELDS, problems);
    if (participant === undefined) return [];
    return {
      email: participant.readText('email', rules.email),
      firstname: participant.readText('firstname', rules.singleLine(200)),
      lastname: participant.readText('lastname', rules.singleLine(200)),
      mobile: participant.readText('mobile', rules.mobile),
    };
  });
}

function parseDocuments(reader: ObjectReader, problems: Problem[]): RequestedDocument[] {
  const rule = { minItems: 1, maxItems: MAX_DOCUMENTS, requirement: `1 to ${MAX_DOCUMENTS} documents` };
  return reader.readList('documents', rule).map((value, index) => {
    const document = createObjectReader(
      value,
      `documents[${index}]`,
      'a document',
      DOCUMENT_FIELDS,
      problems,
    );
    // A blank in its place keeps the other documents' positions, by which their problems are named.
    return document === undefined ? EMPTY_DOCUMENT : parseDocument(document);
  });
}

const EMPTY_DOCUMENT: RequestedDocument = { source: '', name: '', signatureFields: 'required' };

function parseDocument(reader: ObjectReader): RequestedDocument {
  const source = reader.readText('source', rules.documentSource);
  return {
    source,
    name: parseName(reader, source),
    signatureFields: reader.readEnum('signatureFields', SIGNATURE_FIELDS, 'required') ?? 'required',
    ...optionalField('sha256', reader.readOptionalText('sha256', rules.sha256)?.toLowerCase()),
  };
}

function parseName(reader: ObjectReader, source: string): string {
  const given = reader.readOptionalText('name', rules.fileName);
  if (given !== undefined) return given;
  const name = getBaseName(source);
  if (source !== '' && !rules.fileName.test(name)) {
    reader.report('name', 'is missing, and the source does not end in a file name that could stand for it');
  }
  return name;
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

function parseDeadlineDays(reader: ObjectReader): number {
  const value = reader.getValue('deadlineDays') ?? DEFAULT_DEADLINE_DAYS;
  if (typeof value === 'number' && value > 0 && value <= MAX_DEADLINE_DAYS) return value;
  reader.report('deadlineDays', `must be a number of days above 0 and up to ${MAX_DEADLINE_DAYS}`);
  return DEFAULT_DEADLINE_DAYS;
}

function findContradictions({ documents, method }: SigningRequest): Problem[] {
  const names = documents.map((document) => normalizeName(document.name));
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
function normalizeName(name: string): string {
  return name.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
}

function optionalField<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): Partial<Record<Key, Value>> {
  const entry: Partial<Record<Key, Value>> = {};
  if (value !== undefined) entry[key] = value;
  return entry;
}

/** More than an honest request can have; a failure that is larger than the server allows would reach nobody. */
const MAX_DESCRIBED_PROBLEMS = 100;

/** All problems in one message, one sentence each: "participants[0].mobile must be …; documents must hold …". */
export function describeProblems(problems: readonly Problem[]): string {
  const more = problems.length - MAX_DESCRIBED_PROBLEMS;
  const described = problems
    .slice(0, MAX_DESCRIBED_PROBLEMS)
    .map(({ field, message }) => `${field} ${message}`);
  return [...described, ...(more > 0 ? [`and ${more} more problems`] : [])].join('; ');
}
