import type { FakeFlexperto, LedgerEntry } from '../../fake-flexperto/index.js';
import type { SigningStatus } from '../../src/domain/status.js';
import { formatSize, type Actor } from './output.js';

type PrintStep = (actor: Actor, deed: string) => void;

/**
 * Tells of what has happened since the last time it was called. A call is told of once the vendor has carried it out,
 * which for one whose answer is lost is the only thing that ever happens to it.
 */
export function createEventLog(fake: FakeFlexperto, printStep: PrintStep): (status: SigningStatus) => void {
  const printed = new Set<number>();
  let isChecked = false;
  let unconfirmedDocument: string | undefined;
  return ({ documents }) => {
    if (!isChecked && documents.every(({ sha256 }) => sha256 !== null)) {
      isChecked = true;
      printStep('Worker', 'has checked the PDFs: readable, not encrypted, with signature fields still empty');
    }
    for (const [index, entry] of fake.ledger.entries().entries()) {
      const isPending = entry.status === null && entry.effect === null;
      if (isPending || printed.has(index)) continue;
      printed.add(index);
      if (entry.call === 'list' && unconfirmedDocument !== undefined) {
        printStep(
          'Worker',
          `finds ${unconfirmedDocument} in the list: it is attached, and is not attached twice`,
        );
        unconfirmedDocument = undefined;
      }
      if (isResponseLost(entry)) unconfirmedDocument = printLostResponse(entry, printStep);
      else if (DESCRIPTIONS[entry.call] !== undefined)
        printStep('Worker', DESCRIPTIONS[entry.call]?.(entry) ?? '');
    }
  };
}

/** Whether the call took effect but its answer did not arrive. */
export function isResponseLost({ status, effect }: LedgerEntry): boolean {
  return status === null && effect !== null;
}

const DESCRIPTIONS: Partial<Record<LedgerEntry['call'], (entry: LedgerEntry) => string>> = {
  initiate: ({ sessionId = 0 }) => `creates contract session ${sessionId} at flexperto`,
  'upload-url': () => 'gets an upload URL, good for an hour',
  upload: ({ documentName = '', bytes = 0 }) => `has uploaded ${documentName} (${formatSize(bytes)})`,
  attach: ({ documentName = '' }) => `has attached ${documentName}`,
};

function printLostResponse({ documentName = '' }: LedgerEntry, printStep: PrintStep): string {
  printStep('Network', `breaks down: the answer to "attach ${documentName}" is lost (the demo saw to that)`);
  printStep('Worker', 'cannot know whether it is attached, so it asks before it does anything twice');
  return documentName;
}
