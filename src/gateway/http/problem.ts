import { z } from 'zod';

/** The problem types, each with its HTTP status and title. A `type` is stable: programs may rely on it. */
const PROBLEMS = {
  'invalid-request': [400, 'The request is malformed or breaks a rule'],
  unauthorized: [401, 'A valid key or token is missing'],
  forbidden: [403, 'The caller may not do this'],
  'not-found': [404, 'There is nothing here'],
  'method-not-allowed': [405, 'This address does not support the method'],
  conflict: [409, 'The requestId is in use for a different request'],
  'not-possible': [409, 'The signing does not accept this now'],
  terminated: [410, 'The signing was terminated in Temporal'],
  broken: [410, 'The signing broke off without an outcome'],
  'too-large': [413, 'The request is too large'],
  'unsupported-media-type': [415, 'The content type is not supported'],
  'unreadable-payload': [422, 'A payload cannot be decrypted here'],
  rejected: [422, 'The request was invalid, and nothing was sent'],
  'too-many-starts': [429, 'This employee has started too many signings'],
  'too-many-uploads': [429, 'This caller has too many uploads in progress'],
  internal: [500, 'The gateway failed'],
  'not-inspected': [503, 'The file could not be inspected now'],
  'no-worker': [503, 'No worker answers'],
  'no-server': [503, 'A server behind the gateway does not answer'],
} as const;

export type ProblemName = keyof typeof PROBLEMS;

/** One error in a body or query: where, as a JSON pointer (`""` for the whole), and what. */
export interface FieldProblem {
  readonly pointer: string;
  readonly detail: string;
}

/** The body of an error response. Source: RFC 9457. */
interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly errors?: readonly FieldProblem[];
  /** Identifies this occurrence in the gateway's log. */
  readonly instance?: string;
}

export type Headers = Readonly<Record<string, string>>;

/** A problem and the headers that belong to it. */
export interface ProblemResponse {
  readonly problem: ProblemDetails;
  readonly headers: Headers;
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

function problemTypeUri(name: ProblemName): string {
  return `urn:signing:problem:${name}`;
}

/** `overrides` may set a more specific status. */
export function createProblem(
  name: ProblemName,
  overrides: Partial<Omit<ProblemDetails, 'type' | 'title'>> = {},
  headers: Headers = {},
): ProblemResponse {
  const [status, title] = PROBLEMS[name];
  return { problem: { type: problemTypeUri(name), title, status, ...overrides }, headers };
}

/** An error that the gateway answers with a problem. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly response: ProblemResponse;

  constructor(response: ProblemResponse) {
    super(response.problem.detail);
    this.response = response;
  }
}

/** The usual case: a type, and one sentence about what is wrong. */
export function createProblemError(name: ProblemName, detail: string, headers: Headers = {}): ProblemError {
  return new ProblemError(createProblem(name, { detail }, headers));
}

const ProblemSchema = z
  .strictObject({
    type: z.enum(Object.keys(PROBLEMS).map((name) => problemTypeUri(name as ProblemName))),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    errors: z
      .array(
        z.strictObject({
          pointer: z.string().describe('Where, as a JSON pointer; "" is the whole.'),
          detail: z.string(),
        }),
      )
      .optional()
      .describe('All errors together.'),
    instance: z.string().optional().describe('Identifies this occurrence in the log of the gateway.'),
  })
  .meta({ id: 'Problem', description: 'RFC 9457. `type` is stable: programs may rely on it.' });

/** A header of a response, as OpenAPI describes it. */
type HeaderDescriptions = Readonly<Record<string, { readonly type: 'string'; readonly description: string }>>;

/** A response of a route in JSON. */
export function describeJsonResponse<Schema extends z.ZodType>(
  description: string,
  schema: Schema,
  headers: HeaderDescriptions = {},
) {
  return { description, headers, content: { 'application/json': { schema } } } as const;
}

const PROBLEM_HEADERS: Readonly<Record<number, HeaderDescriptions>> = {
  401: { 'WWW-Authenticate': { type: 'string', description: 'How to authenticate (RFC 6750).' } },
  429: { 'Retry-After': { type: 'string', description: 'Seconds to wait before the next attempt.' } },
  503: { 'Retry-After': { type: 'string', description: 'Seconds to wait before the next attempt.' } },
};

/** The responses of a route that can answer with these problems. */
export function describeProblemResponses(...names: readonly ProblemName[]) {
  const statuses = new Set(names.map((name) => PROBLEMS[name][0]));
  return Object.fromEntries(
    [...statuses].map((status) => {
      const matching = names.filter((name) => PROBLEMS[name][0] === status);
      const description = matching
        .map((name) => `${PROBLEMS[name][1]} (\`${problemTypeUri(name)}\`).`)
        .join(' ');
      const content = { [PROBLEM_MEDIA_TYPE]: { schema: ProblemSchema } };
      return [status, { description, headers: PROBLEM_HEADERS[status] ?? {}, content }];
    }),
  );
}
