import type { SigningClient, SigningStatus } from '../../src/starter/index.js';
import type { Play } from './play.js';
import type { ShownSession, Vendor } from './vendor.js';

type State = SigningStatus['state'];

/** How everything stands at one moment. */
export interface Situation {
  /** By the session's name. */
  readonly contracts: ReadonlyMap<string, ShownSession>;
  /** By requestId; what was accepted a moment ago may be missing. */
  readonly states: ReadonlyMap<string, State | 'terminated' | null>;
  /** How much has happened at the vendor: contract sessions, files and documents. */
  readonly effects: number;
  /** Differs whenever something has moved. */
  readonly mark: string;
}

const ENDED: readonly string[] = ['completed', 'failed', 'withdrawn', 'expired', 'cancelled', 'terminated'];
const SENDING: readonly string[] = ['initiating', 'uploading', 'attaching', 'handing-over'];

/** Looks at the Dashboard and at Temporal's list. @throws NoServerError while the server is down */
export async function lookAround(signings: SigningClient, vendor: Vendor, most: number): Promise<Situation> {
  const [shown, listed] = await Promise.all([vendor.sessions(), signings.list({ limit: most })]);
  const states = new Map(
    listed.map(({ requestId, state, terminated }) => [requestId, terminated ? 'terminated' : state] as const),
  );
  const files = shown.map(
    ({ documents, files }) => `${files.length}${documents.map(({ status }) => status).join()}`,
  );
  return {
    contracts: new Map(shown.map((session) => [session.name, session])),
    states,
    effects: shown.reduce((sum, { files, documents }) => sum + 1 + files.length + documents.length, 0),
    mark: [...states].sort().join() + files.join(),
  };
}

/** The state of a session; one that the list lacks was accepted a moment ago. */
export function stateIn({ states }: Situation, requestId: string): string {
  return states.get(requestId) ?? 'checking-documents';
}

export function hasEnded(state: string): boolean {
  return ENDED.includes(state);
}

export interface Counts {
  readonly checking: number;
  readonly sending: number;
  /** For hand-over or signature. */
  readonly awaiting: number;
  readonly needsAttention: number;
  readonly ended: number;
}

export function countStates(situation: Situation, accepted: readonly Play[]): Counts {
  const shown = accepted.map(({ plan }) => stateIn(situation, plan.requestId));
  const count = (isSo: (state: string) => boolean): number => shown.filter(isSo).length;
  return {
    checking: count((state) => state === 'checking-documents'),
    sending: count((state) => SENDING.includes(state)),
    awaiting: count((state) => state.startsWith('awaiting')),
    needsAttention: count((state) => state === 'needs-attention'),
    ended: count(hasEnded),
  };
}
