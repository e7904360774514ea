import { InspectionInterruptedError } from '../documents/errors.js';
import { WHOLE_REQUEST } from '../domain/request.js';
import * as starter from '../starter/index.js';
import { problemAnswer, ProblemError, type FieldProblem, type ProblemAnswer } from './problem.js';

type Kind<E extends Error> = new (...args: never[]) => E;
type Rule = (error: unknown) => ProblemAnswer | undefined;

/** Seconds after which a server that did not answer, or an inspection, may be asked again. */
const ASK_AGAIN = { 'retry-after': '5' };

/** More than an honest request can have; the rest would only make the answer long. */
const MOST_SHOWN = 100;

/** Every error that is answered as something else than a fault of the gateway, in one table. */
const RULES: readonly Rule[] = [
  on(ProblemError, ({ answer }) => answer),
  on(starter.InvalidRequestError, ({ problems }) => invalid(problems.map(fieldProblem))),
  on(starter.RequestConflictError, ({ message }) => problemAnswer('conflict', { detail: message })),
  on(starter.TooManyStartsError, ({ message, retryAfterMs }) =>
    problemAnswer(
      'too-many-starts',
      { detail: message },
      { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) },
    ),
  ),
  on(starter.SigningNotFoundError, ({ message }) => problemAnswer('not-found', { detail: message })),
  on(starter.NotPossibleError, ({ message }) => problemAnswer('not-possible', { detail: sentence(message) })),
  on(starter.RequestRejectedError, ({ message }) => problemAnswer('rejected', { detail: sentence(message) })),
  on(starter.SigningTerminatedError, ({ message }) => problemAnswer('terminated', { detail: message })),
  // Why it broke off is for those who run the worker, and stands in the Temporal UI.
  on(starter.SigningBrokenError, ({ requestId }) =>
    problemAnswer('broken', {
      detail: `The signing ${requestId} broke off without an outcome; what exists at flexperto stays there.`,
    }),
  ),
  on(InspectionInterruptedError, () =>
    problemAnswer(
      'not-inspected',
      { detail: 'The inspection of the file was interrupted, which says nothing about it. Upload it again.' },
      ASK_AGAIN,
    ),
  ),
  on(starter.NoWorkerError, ({ message }) => problemAnswer('no-worker', { detail: message })),
  // What the Temporal client says of a server names addresses, and is for the log alone.
  on(starter.NoServerError, () => unreachable('The Temporal server does not answer at the moment.')),
  on(starter.NoAccessError, () => unreachable('The Temporal server does not let the gateway in.')),
];

/** What an error is answered with; `undefined` for a fault of the gateway. */
export function knownAnswer(error: unknown): ProblemAnswer | undefined {
  for (const rule of RULES) {
    const answer = rule(error);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

/** All that is wrong with a body or query, at once; `whole` is what the pointer `""` means. */
export function invalid(errors: readonly FieldProblem[], whole = 'The body'): ProblemAnswer {
  const detail = describeErrors(errors, whole);
  return problemAnswer('invalid-request', { detail, errors: errors.slice(0, MOST_SHOWN) });
}

/** The same in one sentence. */
export function describeErrors(errors: readonly FieldProblem[], whole = 'The body'): string {
  const more = errors.length - MOST_SHOWN;
  const told = errors.slice(0, MOST_SHOWN);
  const detail = told.map(({ pointer, detail: what }) => `${pointer === '' ? whole : pointer} ${what}`);
  if (more > 0) detail.push(`and ${more} more problems`);
  return `${detail.join('; ')}.`;
}

/** `participants[0].mobile` as `/participants/0/mobile`; a name that is no field may hold any sign. */
function fieldProblem({ field, message }: starter.Problem): FieldProblem {
  if (field === WHOLE_REQUEST) return { pointer: '', detail: message };
  const [, list, index, name] = /^(participants|documents)\[(\d+)\](?:\.(.*))?$/s.exec(field) ?? [];
  const parts = list === undefined ? [field] : [list, index ?? '', ...(name === undefined ? [] : [name])];
  return { pointer: pointerOf(parts), detail: message };
}

/** Source: RFC 6901. */
function pointerOf(parts: readonly PropertyKey[]): string {
  return parts.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function unreachable(detail: string): ProblemAnswer {
  return problemAnswer('no-server', { detail: `${detail} The same call can be made again.` }, ASK_AGAIN);
}

function sentence(text: string): string {
  return /[.?!…]$/.test(text) ? text : `${text}.`;
}

function on<E extends Error>(kind: Kind<E>, answer: (error: E) => ProblemAnswer): Rule {
  return (error) => (error instanceof kind ? answer(error) : undefined);
}
