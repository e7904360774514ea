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
/** Before the session exists at the vendor and in its middle: where workers have work to do. */
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

export interface Counts {
  readonly checking: number;
  readonly sending: number;
  /** For hand-over or signature. */
  readonly awaiting: number;
  readonly needsAttention: number;
  readonly ended: number;
}

export function countStates({ states }: Situation, accepted: readonly Play[]): Counts {
  const shown = accepted.map(({ plan }) => states.get(plan.requestId) ?? 'checking-documents');
  const count = (isSo: (state: string) => boolean): number => shown.filter(isSo).length;
  return {
    checking: count((state) => state === 'checking-documents'),
    sending: count((state) => SENDING.includes(state)),
    awaiting: count((state) => state.startsWith('awaiting')),
    needsAttention: count((state) => state === 'needs-attention'),
    ended: count((state) => ENDED.includes(state)),
  };
}
