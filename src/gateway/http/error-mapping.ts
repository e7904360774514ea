import * as client from '../../client/index.js';
import { WHOLE_REQUEST } from '../../domain/field-schema.js';
import { InspectionInterruptedError } from '../../pdf/inspector.js';
import { type FieldProblem, ProblemError, type ProblemResponse, createProblem } from './problem.js';

type ErrorClass<E extends Error> = new (...args: never[]) => E;
type ErrorMapper = (error: unknown) => ProblemResponse | undefined;

/** Seconds to wait before a retry after an outage or an interrupted inspection. */
const RETRY_AFTER = { 'retry-after': '5' };

/** More than a well-meant request can have; the rest would only make the response long. */
const MAX_ERRORS_SHOWN = 100;

/** All errors that are not internal errors of the gateway, each with its problem. */
const ERROR_MAPPERS: readonly ErrorMapper[] = [
  mapClass(ProblemError, ({ response }) => response),
  mapClass(client.InvalidRequestError, ({ problems }) => createInvalidRequest(problems.map(toFieldProblem))),
  mapClass(client.RequestConflictError, ({ message }) => createProblem('conflict', { detail: message })),
  mapClass(client.TooManyStartsError, ({ message, retryAfterMs }) =>
    createProblem(
      'too-many-starts',
      { detail: message },
      { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) },
    ),
  ),
  mapClass(client.SigningNotFoundError, ({ message }) => createProblem('not-found', { detail: message })),
  mapClass(client.NotPossibleError, ({ message }) =>
    createProblem('not-possible', { detail: endWithPeriod(message) }),
  ),
  mapClass(client.RequestRejectedError, ({ message }) =>
    createProblem('rejected', { detail: endWithPeriod(message) }),
  ),
  mapClass(client.SigningTerminatedError, ({ message }) => createProblem('terminated', { detail: message })),
  // The reason is for operators, who find it in the Temporal UI.
  mapClass(client.SigningBrokenError, ({ requestId }) =>
    createProblem('broken', {
      detail: `The signing ${requestId} broke off without an outcome; what exists at flexperto stays there.`,
    }),
  ),
  mapClass(InspectionInterruptedError, () =>
    createProblem(
      'not-inspected',
      { detail: 'The inspection was interrupted; the file itself may be fine. Upload it again.' },
      RETRY_AFTER,
    ),
  ),
  mapClass(client.NoWorkerError, ({ message }) => createProblem('no-worker', { detail: message })),
  // The Temporal client's message names addresses, so only the log has it.
  mapClass(client.NoServerError, () =>
    serverUnavailable('The Temporal server does not answer at the moment.'),
  ),
  mapClass(client.NoAccessError, () =>
    serverUnavailable('The Temporal server denies access to the gateway.'),
  ),
];

/** The response to an error; `undefined` for an internal error of the gateway. */
export function mapError(error: unknown): ProblemResponse | undefined {
  for (const map of ERROR_MAPPERS) {
    const response = map(error);
    if (response !== undefined) return response;
  }
  return undefined;
}

/** All errors of a body or query together; `subject` names what the pointer `""` refers to. */
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

/** `participants[0].mobile` as `/participants/0/mobile`; an unknown field may have any name. */
function toFieldProblem({ field, message }: client.Problem): FieldProblem {
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
  return createProblem('no-server', { detail: `${detail} Retry the same request.` }, RETRY_AFTER);
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
