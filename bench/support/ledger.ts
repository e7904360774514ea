import { setTimeout as sleep } from 'node:timers/promises';
import type { LedgerEntry } from '../../fake-flexperto/index.js';
import type { Stage } from './stage.js';

const LOOK_MS = 10;

/** The calls that arrive at the fake vendor, followed from one point on. */
export interface Ledger {
  /** What has arrived since it was asked before. A call that is still going on may lack its answer. */
  news(): Promise<readonly LedgerEntry[]>;
  /** Waits for a call. Those that came before it, and after the last one asked for, are passed over. */
  waitFor(isWanted: (entry: LedgerEntry) => boolean): Promise<LedgerEntry>;
}

/** From the first call on. */
export function followLedger({ vendorUrl }: Stage): Ledger {
  let seen = 0;
  const news: Ledger['news'] = async () => {
    const response = await fetch(`${vendorUrl}/_fake/ledger?after=${seen}`);
    const entries = (await response.json()) as readonly LedgerEntry[];
    seen += entries.length;
    return entries;
  };
  return {
    news,
    waitFor: async (isWanted) => {
      for (;;) {
        const wanted = (await news()).find(isWanted);
        if (wanted !== undefined) return wanted;
        await sleep(LOOK_MS);
      }
    },
  };
}

/** The participants of a session sign all its documents. */
export async function sign({ vendorUrl }: Stage, sessionId: number): Promise<void> {
  const response = await fetch(`${vendorUrl}/_fake/sessions/${sessionId}/sign`, { method: 'POST' });
  if (!response.ok) throw new Error(`Session ${sessionId} cannot be signed: ${await response.text()}`);
}
