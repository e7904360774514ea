import { z } from 'zod';
import { PROBLEM_MEDIA_TYPE, PROBLEMS, problemTypeUri, type ProblemName } from './problem.js';

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
