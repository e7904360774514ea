import type { IncomingMessage } from 'node:http';
import type { Clock } from './clock.js';
import type { Effect, LedgerEntry } from './types.js';

/** An entry whose call is still running. */
export type MutableLedgerEntry = { -readonly [Key in keyof LedgerEntry]: LedgerEntry[Key] };

/** Every received call, in order. Tests count its effects to find a call that took effect twice. */
export class Ledger {
  private readonly clock: Clock;
  private readonly apiKey: string;
  private calls: MutableLedgerEntry[] = [];

  constructor(clock: Clock, apiKey: string) {
    this.clock = clock;
    this.apiKey = apiKey;
  }

  /** Records a call on arrival. The caller sets later findings on the entry. */
  record(request: IncomingMessage, call: LedgerEntry['call'], path: string): MutableLedgerEntry {
    const { headers, method = '' } = request;
    const key = headers['api-key'];
    const entry: MutableLedgerEntry = {
      at: this.clock.now().toISOString(),
      call,
      method,
      path,
      employeeId: readEmployeeId(request),
      status: null,
      effect: null,
      headers: Object.keys(headers),
      apiKey: key === undefined ? 'absent' : key === this.apiKey ? 'right' : 'wrong',
    };
    if (headers['transfer-encoding']?.includes('chunked') === true) entry.transfer = 'chunked';
    else if (headers['content-length'] !== undefined) entry.transfer = 'content-length';
    this.calls.push(entry);
    return entry;
  }

  /** All but the first `after` calls. */
  entries(after = 0): readonly LedgerEntry[] {
    return structuredClone(this.calls.slice(after));
  }

  effects(effect: Effect): readonly LedgerEntry[] {
    return this.entries().filter((entry) => entry.effect === effect);
  }

  clear(): void {
    this.calls = [];
  }
}

function readEmployeeId(request: IncomingMessage): string | null {
  const employee = request.headers['x-user-id'];
  return typeof employee === 'string' && employee !== '' ? employee : null;
}
