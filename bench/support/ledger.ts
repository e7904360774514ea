import { setTimeout as sleep } from 'node:timers/promises';
import type { LedgerEntry } from '../../fake-flexperto/index.js';
import type { BenchEnvironment } from './environment.js';

const POLL_MS = 10;

/** Reads the fake vendor's ledger step by step. */
export interface LedgerReader {
  /** The entries since the last read. A call that is still under way may lack its answer. */
  readNew(): Promise<readonly LedgerEntry[]>;
  /** Waits for a call, and skips the entries before it. */
  waitFor(isWanted: (entry: LedgerEntry) => boolean): Promise<LedgerEntry>;
}

/** Starts at the first entry. */
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

/** Signs all documents of a contract session. */
export async function signAllDocuments({ vendorUrl }: BenchEnvironment, sessionId: number): Promise<void> {
  const response = await fetch(`${vendorUrl}/_fake/sessions/${sessionId}/sign`, { method: 'POST' });
  if (!response.ok)
    throw new Error(`Contract session ${sessionId} could not be signed: ${await response.text()}`);
}
