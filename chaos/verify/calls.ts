import type { LedgerEntry } from '../../fake-flexperto/index.js';
import type { ContractSession } from '../run/vendor.js';
import type { AcceptedSigning, Violation, WorkflowRecord } from './evidence.js';

/** How often the calls that must not be repeated reached the vendor, in the whole run. */
export interface CallCounts {
  /** By the name of the contract session. */
  readonly initiate: ReadonlyMap<string, number>;
  /** By file id. */
  readonly attach: ReadonlyMap<string, number>;
}

export function countCalls(ledger: readonly LedgerEntry[]): CallCounts {
  const initiate = new Map<string, number>();
  const attach = new Map<string, number>();
  for (const { call, fileId, requestBody } of ledger) {
    if (call === 'initiate') increment(initiate, readName(requestBody));
    if (call === 'attach') increment(attach, fileId ?? '');
  }
  return { initiate, attach };
}

/** Finds calls that must not be repeated and reached the vendor more often than the history records. */
export function verifyCalls(
  { plan }: AcceptedSigning,
  contracts: readonly ContractSession[],
  { calls }: WorkflowRecord,
  counts: CallCounts,
): Violation[] {
  const { requestId } = plan;
  const createViolation = (description: string): Violation => ({ kind: 'at-odds', requestId, description });
  const initiates = counts.initiate.get(plan.name) ?? 0;
  const files = contracts.flatMap((contract) => contract.files);
  return [
    ...(initiates > calls.initiate
      ? [createViolation(`initiate reached the vendor ${initiates} times, the history has ${calls.initiate}`)]
      : []),
    ...files.flatMap(({ id, name }) => {
      const received = counts.attach.get(id) ?? 0;
      const recorded = calls.attach[id] ?? 0;
      if (received <= recorded) return [];
      return createViolation(
        `the attach of ${name} reached the vendor ${received} times, the history has ${recorded}`,
      );
    }),
  ];
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function readName(body: unknown): string {
  const name = typeof body === 'object' && body !== null && 'name' in body ? body.name : undefined;
  return typeof name === 'string' ? name : '';
}
