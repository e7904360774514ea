import { InspectionInterruptedError } from '../../pdf/inspector.js';
import { WHOLE_REQUEST } from '../../domain/field-schema.js';
import * as starter from '../../client/index.js';
import { createProblem, ProblemError, type FieldProblem, type ProblemResponse } from './problem.js';

type ErrorClass<E extends Error> = new (...args: never[]) => E;
type ErrorMapper = (error: unknown) => ProblemResponse | undefined;

/** Seconds after which a server that did not answer, or an inspection, may be asked again. */
const RETRY_AFTER = { 'retry-after': '5' };

/** More than an honest request can have; the rest would only make the answer long. */
const MAX_ERRORS_SHOWN = 100;

/** Every error that is answered as something else than a fault of the gateway, in one table. */
const ERROR_MAPPERS: readonly ErrorMapper[] = [
  mapClass(ProblemError, ({ response }) => response),
  mapClass(starter.InvalidRequestError, ({ problems }) => createInvalidRequest(problems.map(toFieldProblem))),
  mapClass(starter.RequestConflictError, ({ message }) => createProblem('conflict', { detail: message })),
  mapClass(starter.TooManyStartsError, ({ message, retryAfterMs }) =>
    createProblem(
      'too-many-starts',
      { detail: message },
      { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) },
    ),
  ),
  mapClass(starter.SigningNotFoundError, ({ message }) => createProblem('not-found', { detail: message })),
  mapClass(starter.NotPossibleError, ({ message }) =>
    createProblem('not-possible', { detail: endWithPeriod(message) }),
  ),
  mapClass(starter.RequestRejectedError, ({ message }) =>
    createProblem('rejected', { detail: endWithPeriod(message) }),
  ),
  mapClass(starter.SigningTerminatedError, ({ message }) => createProblem('terminated', { detail: message })),
  // Why it broke off is for those who run the worker, and stands in the Temporal UI.
  mapClass(starter.SigningBrokenError, ({ requestId }) =>
    createProblem('broken', {
      detail: `The signing ${requestId} broke off without an outcome; what exists at flexperto stays there.`,
    }),
  ),
  mapClass(InspectionInterruptedError, () =>
    createProblem(
      'not-inspected',
      { detail: 'The inspection of the file was interrupted, which says nothing about it. Upload it again.' },
      RETRY_AFTER,
    ),
  ),
  mapClass(starter.NoWorkerError, ({ message }) => createProblem('no-worker', { detail: message })),
  // What the Temporal client says of a server names addresses, and is for the log alone.
  mapClass(starter.NoServerError, () =>
    serverUnavailable('The Temporal server does not answer at the moment.'),
  ),
  mapClass(starter.NoAccessError, () =>
    serverUnavailable('The Temporal server does not let the gateway in.'),
  ),
];

/** What an error is answered with; `undefined` for a fault of the gateway. */
export function mapError(error: unknown): ProblemResponse | undefined {
  for (const map of ERROR_MAPPERS) {
    const response = map(error);
    if (response !== undefined) return response;
  }
  return undefined;
}

/** All that is wrong with a body or query, at once; `whole` is what the pointer `""` means. */
export function createInvalidRequest(errors: readonly FieldProblem[], subject = 'The body'): ProblemResponse {
  const detail = describeErrors(errors, subject);
  return createProblem('invalid-request', { detail, errors: errors.slice(0, MAX_ERRORS_SHOWN) });
}

/** The same in one sentence. */
export function describeErrors(errors: readonly FieldProblem[], subject = 'The body'): string {
  const hidden = errors.length - MAX_ERRORS_SHOWN;
  const shown = errors.slice(0, MAX_ERRORS_SHOWN);
  const parts = shown.map(({ pointer, detail: what }) => `${pointer === '' ? subject : pointer} ${what}`);
  if (hidden > 0) parts.push(`and ${hidden} more problems`);
  return `${parts.join('; ')}.`;
}

/** `participants[0].mobile` as `/participants/0/mobile`; a name that is no field may hold any sign. */
function toFieldProblem({ field, message }: starter.Problem): FieldProblem {
  if (field === WHOLE_REQUEST) return { pointer: '', detail: message };
  const [, list, index, name] = /^(participants|documents)\[(\d+)\](?:\.(.*))?$/s.exec(field) ?? [];
  const parts = list === undefined ? [field] : [list, index ?? '', ...(name === undefined ? [] : [name])];
  return { pointer: toJsonPointer(parts), detail: message };
}

/** Source: RFC 6901. */
function toJsonPointer(parts: readonly PropertyKey[]): string {
  return parts.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function serverUnavailable(detail: string): ProblemResponse {
  return createProblem('no-server', { detail: `${detail} The same call can be made again.` }, RETRY_AFTER);
}

function endWithPeriod(text: string): string {
  return /[.?!…]$/.test(text) ? text : `${text}.`;
}

function mapClass<E extends Error>(
  errorClass: ErrorClass<E>,
  toResponse: (error: E) => ProblemResponse,
): ErrorMapper {
  return (error) => (error instanceof errorClass ? toResponse(error) : undefined);
}
