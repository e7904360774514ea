import { isObject, parseObject, WHOLE_REQUEST, type Problem } from './field-schema.js';
import { REQUEST_FIELDS, type SigningRequest } from './request.js';

/** A request as far as it could be read: complete where `problems` is empty, else only good for finding further problems. */
export interface ParsedRequest {
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
    return { request, problems: [{ field: WHOLE_REQUEST, message: 'must be a JSON object' }] };
  problems.push(...findContradictions(request));
  return { request, problems };
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
