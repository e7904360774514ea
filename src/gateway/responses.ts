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

/** The responses of a route that can end with these problems. */
export function problemResponses(...names: readonly ProblemName[]) {
  const statuses = new Set(names.map((name) => PROBLEMS[name][0]));
  const described = (status: number): string =>
    names
      .filter((name) => PROBLEMS[name][0] === status)
      .map((name) => `${PROBLEMS[name][1]} (\`${typeOf(name)}\`).`)
      .join(' ');
  return Object.fromEntries(
    [...statuses].map((status) => [
      status,
      { description: described(status), content: { [PROBLEM_TYPE]: { schema: Problem } } },
    ]),
  );
}
