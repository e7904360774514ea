import type { SigningClient, SigningStatus } from '../../src/client/index.js';
import type { SigningRun } from './start-signing.js';
import type { ContractSession, Vendor } from './vendor.js';

type State = SigningStatus['state'];

/** The states of all signings and contract sessions at one moment. */
export interface Snapshot {
  /** By name. */
  readonly contractSessions: ReadonlyMap<string, ContractSession>;
  /** By requestId; a signing that was just accepted may be missing. */
  readonly states: ReadonlyMap<string, State | 'terminated' | null>;
  /** Effects at the vendor: the number of contract sessions, files and documents. */
  readonly effects: number;
  /** Changes whenever a state has changed. */
  readonly fingerprint: string;
}

const FINAL_STATES: readonly string[] = [
  'completed',
  'failed',
  'withdrawn',
  'expired',
  'cancelled',
  'terminated',
];
const SENDING_STATES: readonly string[] = ['initiating', 'uploading', 'attaching', 'handing-over'];

/** Reads the Dashboard and Temporal's list. @throws NoServerError while the server is down */
export async function takeSnapshot(
  signings: SigningClient,
  vendor: Vendor,
  limit: number,
): Promise<Snapshot> {
  const [shown, listed] = await Promise.all([vendor.contractSessions(), signings.list({ limit })]);
  const states = new Map(
    listed.map(({ requestId, state, terminated }) => [requestId, terminated ? 'terminated' : state] as const),
  );
  const files = shown.map(
    ({ documents, files }) => `${files.length}${documents.map(({ status }) => status).join()}`,
  );
  return {
    contractSessions: new Map(shown.map((session) => [session.name, session])),
    states,
    effects: shown.reduce((sum, { files, documents }) => sum + 1 + files.length + documents.length, 0),
    fingerprint: [...states].sort().join() + files.join(),
  };
}

/** The state of a signing; the list lacks one that was just accepted. */
export function getState({ states }: Snapshot, requestId: string): string {
  return states.get(requestId) ?? 'checking-documents';
}

export function isFinalState(state: string): boolean {
  return FINAL_STATES.includes(state);
}

export interface StateCounts {
  readonly checking: number;
  readonly sending: number;
  /** For hand-over or signature. */
  readonly awaiting: number;
  readonly needsAttention: number;
  readonly ended: number;
}

export function countStates(snapshot: Snapshot, accepted: readonly SigningRun[]): StateCounts {
  const states = accepted.map(({ plan }) => getState(snapshot, plan.requestId));
  const count = (matches: (state: string) => boolean): number => states.filter(matches).length;
  return {
    checking: count((state) => state === 'checking-documents'),
    sending: count((state) => SENDING_STATES.includes(state)),
    awaiting: count((state) => state.startsWith('awaiting')),
    needsAttention: count((state) => state === 'needs-attention'),
    ended: count(isFinalState),
  };
}
