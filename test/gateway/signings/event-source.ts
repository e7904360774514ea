import { KEY } from '../gateway-environment.js';

export interface ServerEvent {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: unknown;
}

/** An open event stream, read as an EventSource would. */
export interface EventStream {
  readonly status: number;
  readonly headers: Headers;
  /** The next event; `undefined` after the end of the stream. Rejects if it was interrupted. */
  next(): Promise<ServerEvent | undefined>;
  /** Reads until the condition is met; fails if the stream ends before. */
  until(condition: (event: ServerEvent) => boolean): Promise<ServerEvent>;
  /** All remaining events. */
  rest(): Promise<ServerEvent[]>;
  close(): void;
}

export async function openEvents(
  url: string,
  requestId: string,
  { key = KEY, lastEventId }: { readonly key?: string; readonly lastEventId?: string } = {},
): Promise<EventStream> {
  const abort = new AbortController();
  const answer = await fetch(`${url}/signings/${requestId}/events`, {
    headers: {
      authorization: `Bearer ${key}`,
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
    signal: abort.signal,
  });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const next = async (): Promise<ServerEvent | undefined> => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end < 0) {
        const chunk = await reader?.read();
        if (chunk === undefined || chunk.done) return undefined;
        text += chunk.value;
        continue;
      }
      const event = parse(text.slice(0, end));
      text = text.slice(end + 2);
      if (event !== undefined) return event;
    }
  };
  return {
    status: answer.status,
    headers: answer.headers,
    next,
    until: async (condition) => {
      for (;;) {
        const event = await next();
        if (event === undefined) throw new Error('the stream ended before');
        if (condition(event)) return event;
      }
    },
    rest: async () => {
      const events: ServerEvent[] = [];
      for (let event = await next(); event !== undefined; event = await next()) events.push(event);
      return events;
    },
    close: () => {
      abort.abort();
    },
  };
}

/** Comments and `retry` are not events. */
function parse(block: string): ServerEvent | undefined {
  const fields = new Map(
    block.split('\n').flatMap((line): [string, string][] => {
      const colon = line.indexOf(':');
      return colon > 0 ? [[line.slice(0, colon), line.slice(colon + 1).trimStart()]] : [];
    }),
  );
  const data = fields.get('data');
  return data === undefined
    ? undefined
    : { event: fields.get('event') ?? 'message', id: fields.get('id'), data: JSON.parse(data) as unknown };
}
