import type { ServerResponse } from 'node:http';
import { HttpError } from './http-error.js';
import type { Fault } from './types.js';
import type { Vendor } from './vendor.js';

/** An HTTP answer. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const SLOW_BODY_INTERVAL_MS = 50;

export function jsonAnswer(status: number, body: unknown): Answer {
  return { status, text: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
}

/** The answer to a rejected call. Any error but an HttpError is a bug of this fake. */
export function errorAnswer(error: unknown): Answer {
  if (error instanceof HttpError) return jsonAnswer(error.status, { message: error.message });
  return jsonAnswer(500, { message: `bug in the fake: ${String(error)}` });
}

/** The answer, changed by the fault. */
export function applyFault(answer: Answer, fault: Fault | undefined): Answer {
  if (fault === undefined) return answer;
  const { status, body, retryAfter } = fault;
  const changed = status === undefined ? answer : jsonAnswer(status, body ?? { message: `fault ${status}` });
  const text = fault.answer !== undefined && changed.status < 300 ? fault.answer : changed.text;
  const retry = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  return { ...changed, text, headers: { ...changed.headers, ...retry, ...fault.headers } };
}

/** Sends the answer, slowly or incompletely where the fault says so. */
export async function send(
  vendor: Vendor,
  response: ServerResponse,
  answer: Answer,
  fault?: Fault,
): Promise<void> {
  const body = Buffer.from(answer.text);
  const hasNoBody = answer.status === 204 || answer.status === 304;
  const length = hasNoBody ? {} : { 'content-length': String(body.length) };
  response.writeHead(answer.status, { ...answer.headers, ...length });
  if (fault?.truncate === true) {
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.socket?.end());
  } else if (fault?.slowBody !== undefined) {
    await sendSlowly(vendor, response, body, fault.slowBody);
  } else {
    response.end(hasNoBody ? undefined : body);
  }
}

async function sendSlowly(
  vendor: Vendor,
  response: ServerResponse,
  body: Buffer,
  bytesPerSecond: number,
): Promise<void> {
  const step = Math.max(1, Math.round((bytesPerSecond * SLOW_BODY_INTERVAL_MS) / 1000));
  for (let offset = 0; offset < body.length && !isDisconnected(response); offset += step) {
    response.write(body.subarray(offset, offset + step));
    await vendor.pause((step * 1000) / bytesPerSecond);
  }
  response.end();
}

/** Whether the client has closed the connection. */
export function isDisconnected(response: ServerResponse): boolean {
  return response.socket === null || response.socket.destroyed;
}
