import { type Problem, WHOLE_REQUEST, isObject, parseObject } from './field-schema.js';
import { REQUEST_FIELDS, type RequestedDocument, type SigningRequest } from './request.js';

/** A request as far as it could be read: complete where `problems` is empty, else only good for finding further problems. */
export interface ParsedRequest {
  /** The request as it came. */
  readonly input: unknown;
  readonly request: SigningRequest;
  readonly problems: readonly Problem[];
}

/**
 * Reads a request as it came from a CRM and fills in the defaults. Reports all problems together, each with its field.
 * Everything that can be known without reading a document is checked here.
 */
export function parseRequest(input: unknown): ParsedRequest {
  const problems: Problem[] = [];
  const request = parseObject(input, '', 'a signing request', REQUEST_FIELDS, problems);
  if (!isObject(input))
    return { input, request, problems: [{ field: WHOLE_REQUEST, message: 'must be a JSON object' }] };
  problems.push(...findContradictions(request));
  return { input, request, problems };
}

/** The problems of fields that are valid alone and contradict each other. */
function findContradictions({ documents, method }: SigningRequest): Problem[] {
  const hasNothingToSign =
    method !== 'qes' &&
    documents.length > 0 &&
    documents.every(({ signatureFields }) => signatureFields === 'none');
  const message = `must hold at least one document with signatureFields "required", since with ${method} nothing could be signed`;
  return [...findDuplicateNames(documents), ...(hasNothingToSign ? [{ field: 'documents', message }] : [])];
}

function findDuplicateNames(documents: readonly RequestedDocument[]): Problem[] {
  const names = documents.map(({ name }) => normalizeName(name));
  return names.flatMap((name, index) => {
    const first = names.indexOf(name);
    if (name === '' || first === index) return [];
    const isSameText = documents[first]?.name === documents[index]?.name;
    const message = `must be unique: documents[${first}] has the same name${isSameText ? '' : ' but for case or Unicode form'}`;
    return [{ field: `documents[${index}].name`, message }];
  });
}

/** Equal for names that people, file systems or the vendor may treat as equal: NFC, without case. */
function normalizeName(name: string): string {
  return name.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
}

/** More than an honest request has. A failure above the server's size limit would be lost. */
const MAX_DESCRIBED_PROBLEMS = 100;

/** All problems in one message, one sentence each: "participants[0].mobile must be …; documents must hold …". */
export function describeProblems(problems: readonly Problem[]): string {
  const unshownCount = problems.length - MAX_DESCRIBED_PROBLEMS;
  const described = problems
    .slice(0, MAX_DESCRIBED_PROBLEMS)
    .map(({ field, message }) => `${field} ${message}`);
  return [...described, ...(unshownCount > 0 ? [`and ${unshownCount} more problems`] : [])].join('; ');
}
