import { type Call, NotSentError, OutcomeUnknownError, RefusedError } from './errors.js';

/** The status of the answer, or why there was none. `given-up`: cancelled, or its document could not be read. */
export type CallOutcome = number | 'not-sent' | 'no-answer' | 'given-up';

/** A request that begins. It names neither the address nor the content. */
export interface CallStart {
  readonly call: Call;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** Size of the uploaded document; 0 for every other call. */
  readonly documentBytes: number;
}

/** Called when a request begins. The function that it returns is called once when the request ends. Neither may throw. */
export type CallObserver = (begin: CallStart) => (end: CallOutcome) => void;

export function combineObservers(first: CallObserver, second: CallObserver): CallObserver {
  return (start) => {
    const endings = [first(start), second(start)];
    return (outcome) => {
      for (const onEnd of endings) onEnd(outcome);
    };
  };
}

/** Makes a request, and reports its beginning and end to an observer. */
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
