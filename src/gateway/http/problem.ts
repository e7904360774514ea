import { z } from 'zod';

/** The kinds of problem, each with its HTTP status and what it means. A kind's `type` is stable: programs may go by it. */
export const PROBLEMS = {
  'invalid-request': [400, 'The request is not understood or breaks a rule'],
  unauthorized: [401, 'A valid key or token is missing'],
  forbidden: [403, 'The caller may not do this'],
  'not-found': [404, 'There is nothing here'],
  'method-not-allowed': [405, 'This address does not know the method'],
  conflict: [409, 'The requestId is in use for another content'],
  'not-possible': [409, 'The session does not accept this now'],
  terminated: [410, 'The session was terminated in Temporal'],
  broken: [410, 'The session broke off without an outcome'],
  'too-large': [413, 'The request is too large'],
  'unsupported-media-type': [415, 'The content type is not understood'],
  'unreadable-payload': [422, 'A payload cannot be decrypted here'],
  rejected: [422, 'The request was at fault, and nothing was sent'],
  'too-many-starts': [429, 'This employee has started too many signings'],
  'too-many-uploads': [429, 'This caller has too many uploads under way'],
  internal: [500, 'The gateway failed'],
  'not-inspected': [503, 'The file could not be inspected now'],
  'no-worker': [503, 'No worker answers'],
  'no-server': [503, 'A server behind the gateway does not answer'],
} as const;

export type ProblemName = keyof typeof PROBLEMS;

/** One thing that is wrong with a body or query: where, as a JSON pointer (`""` for the whole), and what. */
export interface FieldProblem {
  readonly pointer: string;
  readonly detail: string;
}

/** An error as it is answered. Source: RFC 9457. */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly errors?: readonly FieldProblem[];
  /** Names this one occurrence, which the gateway's log names too. */
  readonly instance?: string;
}

export type Headers = Readonly<Record<string, string>>;

/** A problem and the headers that belong to it. */
export interface ProblemResponse {
  readonly problem: ProblemDetails;
  readonly headers: Headers;
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

export function problemTypeUri(name: ProblemName): string {
  return `urn:signing:problem:${name}`;
}

/** `more` may name another status where HTTP has a more exact one. */
export function createProblem(
  name: ProblemName,
  overrides: Partial<Omit<ProblemDetails, 'type' | 'title'>> = {},
  headers: Headers = {},
): ProblemResponse {
  const [status, title] = PROBLEMS[name];
  return { problem: { type: problemTypeUri(name), title, status, ...overrides }, headers };
}

/** What the gateway itself refuses. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly response: ProblemResponse;

  constructor(response: ProblemResponse) {
    super(response.problem.detail);
    this.response = response;
  }
}

/** The usual one: a kind, and one sentence that says what is the matter. */
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
      .describe('Everything that is wrong, at once.'),
    instance: z
      .string()
      .optional()
      .describe('Names this one occurrence, which the log of the gateway names too.'),
  })
  .meta({ id: 'Problem', description: 'RFC 9457. Programs may go by `type`, which is stable.' });

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
  401: { 'WWW-Authenticate': { type: 'string', description: 'How to be let in (RFC 6750).' } },
  429: { 'Retry-After': { type: 'string', description: 'In how many seconds to try again.' } },
  503: { 'Retry-After': { type: 'string', description: 'In how many seconds to try again.' } },
};

/** The responses of a route that can end with these problems. */
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
