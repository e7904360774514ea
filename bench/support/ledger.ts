import { setTimeout as sleep } from 'node:timers/promises';
import type { LedgerEntry } from '../../fake-flexperto/index.js';
import type { BenchEnvironment } from './environment.js';

const POLL_MS = 10;

/** The calls that arrive at the fake vendor, followed from one point on. */
export interface LedgerReader {
  /** What has arrived since it was asked before. A call that is still going on may lack its answer. */
  readNew(): Promise<readonly LedgerEntry[]>;
  /** Waits for a call. Those that came before it, and after the last one asked for, are passed over. */
  waitFor(isWanted: (entry: LedgerEntry) => boolean): Promise<LedgerEntry>;
}

/** From the first call on. */
export function createLedgerReader({ vendorUrl }: BenchEnvironment): LedgerReader {
  let seen = 0;
  const readNew: LedgerReader['readNew'] = async () => {
    const response = await fetch(`${vendorUrl}/_fake/ledger?after=${seen}`);
    const entries = (await response.json()) as readonly LedgerEntry[];
    seen += entries.length;
    return entries;
  };
  return {
    readNew,
    waitFor: async (isWanted) => {
      for (;;) {
        const entry = (await readNew()).find(isWanted);
        if (entry !== undefined) return entry;
        await sleep(POLL_MS);
      }
    },
  };
}

/** The participants of a session sign all its documents. */
export async function signAllDocuments({ vendorUrl }: BenchEnvironment, sessionId: number): Promise<void> {
  const response = await fetch(`${vendorUrl}/_fake/sessions/${sessionId}/sign`, { method: 'POST' });
  if (!response.ok) throw new Error(`Session ${sessionId} cannot be signed: ${await response.text()}`);
}
