import type { CallResult } from '../execute-call.js';
import { HttpError } from '../http-error.js';
import type { Call, Fault } from '../types.js';
import type { Vendor } from '../vendor.js';

/** A call with a valid API key and an employee. */
export interface AuthenticatedCall {
  readonly vendor: Vendor;
  readonly employeeId: string;
  /** From the path or the query. */
  readonly sessionId: number;
  readonly body: unknown;
  readonly fault: Fault | undefined;
}

/** One of the vendor's calls. `perform` throws a {@link HttpError} where the vendor rejects the call. */
export interface Route {
  readonly call: Call;
  readonly template: string;
  /** The accepted methods; empty where this tenant does not have the call. */
  readonly methods: (vendor: Vendor) => readonly string[];
  readonly perform: (call: AuthenticatedCall) => CallResult;
}

export const CONTRACTS_PATH = '/api/v2/collaboration/contracts/contracts';

/** The value the template has at `{sessionId}`, NaN for none; undefined when the path does not match. */
export function matchSessionId(template: string, path: string): number | undefined {
  const expected = template.split('/');
  const actual = path.split('/');
  if (expected.length !== actual.length) return undefined;
  let sessionId = Number.NaN;
  for (const [index, part] of expected.entries()) {
    const value = actual[index] ?? '';
    if (part === '{sessionId}') sessionId = parseWholeNumber(value);
    else if (part !== value) return undefined;
  }
  return sessionId;
}

export function parseWholeNumber(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
}

/** Throws 401 for a missing or wrong API key, 400 for a missing employee. */
export function authenticate(apiKey: string, employeeId: string | null): string {
  if (apiKey === 'absent') throw new HttpError(401, 'header api-key is missing');
  if (apiKey === 'wrong') throw new HttpError(401, 'header api-key is not valid');
  if (employeeId === null) throw new HttpError(400, 'header x-user-id is missing');
  return employeeId;
}
