import { NotSentError, OutcomeUnknownError, RefusedError, type Call } from './errors/index.js';

/** How a request ended: the status of its answer, or why there was none. `given-up`: cancelled, or its document could not be read. */
export type CallEnd = number | 'not-sent' | 'no-answer' | 'given-up';

/** A request as it begins. It says nothing of what is sent, nor where to. */
export interface CallBegin {
  readonly call: Call;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** Size of the document; 0 where none is uploaded. */
  readonly documentBytes: number;
}

/** Is told of every request as it begins; what it returns is told once how the request ended. Neither may throw. */
export type CallObserver = (begin: CallBegin) => (end: CallEnd) => void;

export function observeBoth(one: CallObserver, other: CallObserver): CallObserver {
  return (begin) => {
    const ends = [one(begin), other(begin)];
    return (end) => {
      for (const ended of ends) ended(end);
    };
  };
}

/** Makes a request under the eyes of an observer. */
export async function underObservation<Answer extends { readonly status: number }>(
  observe: CallObserver,
  begin: CallBegin,
  request: () => Promise<Answer>,
): Promise<Answer> {
  const ended = observe(begin);
  try {
    const answer = await request();
    ended(answer.status);
    return answer;
  } catch (error) {
    ended(endOf(error));
    throw error;
  }
}

function endOf(error: unknown): CallEnd {
  if (error instanceof RefusedError) return error.status;
  if (error instanceof OutcomeUnknownError) return error.status ?? 'no-answer';
  return error instanceof NotSentError ? 'not-sent' : 'given-up';
}
