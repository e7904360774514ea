import { NotSentError, OutcomeUnknownError, RefusedError, type Call } from './errors.js';

/** How a request ended: the status of its answer, or why there was none. `given-up`: cancelled, or its document could not be read. */
export type CallOutcome = number | 'not-sent' | 'no-answer' | 'given-up';

/** A request as it begins. It says nothing of what is sent, nor where to. */
export interface CallStart {
  readonly call: Call;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** Size of the document; 0 where none is uploaded. */
  readonly documentBytes: number;
}

/** Is told of every request as it begins; what it returns is told once how the request ended. Neither may throw. */
export type CallObserver = (begin: CallStart) => (end: CallOutcome) => void;

export function combineObservers(first: CallObserver, second: CallObserver): CallObserver {
  return (start) => {
    const endings = [first(start), second(start)];
    return (outcome) => {
      for (const onEnd of endings) onEnd(outcome);
    };
  };
}

/** Makes a request under the eyes of an observer. */
export async function instrument<Answer extends { readonly status: number }>(
  observe: CallObserver,
  start: CallStart,
  request: () => Promise<Answer>,
): Promise<Answer> {
  const onEnd = observe(start);
  try {
    const response = await request();
    onEnd(response.status);
    return response;
  } catch (error) {
    onEnd(toCallOutcome(error));
    throw error;
  }
}

function toCallOutcome(error: unknown): CallOutcome {
  if (error instanceof RefusedError) return error.status;
  if (error instanceof OutcomeUnknownError) return error.status ?? 'no-answer';
  return error instanceof NotSentError ? 'not-sent' : 'given-up';
}
