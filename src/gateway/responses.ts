import { z } from 'zod';
import { PROBLEM_TYPE, PROBLEMS, typeOf, type ProblemName } from './problem.js';

const Problem = z
  .strictObject({
    type: z.enum(Object.keys(PROBLEMS).map((name) => typeOf(name as ProblemName))),
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
type DescribedHeaders = Readonly<Record<string, { readonly type: 'string'; readonly description: string }>>;

/** A response of a route in JSON. */
export function jsonResponse<Schema extends z.ZodType>(
  description: string,
  schema: Schema,
  headers: DescribedHeaders = {},
) {
  return { description, headers, content: { 'application/json': { schema } } } as const;
}

const HEADERS: Readonly<Record<number, DescribedHeaders>> = {
  401: { 'WWW-Authenticate': { type: 'string', description: 'How to be let in (RFC 6750).' } },
  429: { 'Retry-After': { type: 'string', description: 'In how many seconds to try again.' } },
  503: { 'Retry-After': { type: 'string', description: 'In how many seconds to try again.' } },
};

/** The responses of a route that can end with these problems. */
export function problemResponses(...names: readonly ProblemName[]) {
  const statuses = new Set(names.map((name) => PROBLEMS[name][0]));
  return Object.fromEntries(
    [...statuses].map((status) => {
      const meant = names.filter((name) => PROBLEMS[name][0] === status);
      const description = meant.map((name) => `${PROBLEMS[name][1]} (\`${typeOf(name)}\`).`).join(' ');
      const content = { [PROBLEM_TYPE]: { schema: Problem } };
      return [status, { description, headers: HEADERS[status] ?? {}, content }];
    }),
  );
}
