import type { FakeFlexperto, LedgerEntry } from '../../fake-flexperto/index.js';
import type { SigningStatus } from '../../src/domain/status.js';
import { type Actor, formatSize } from './output.js';

type PrintStep = (actor: Actor, action: string) => void;

/**
 * Returns a function that prints the new events since its last call. It prints a call as soon as the vendor has carried it
 * out, even if its answer is lost.
 */
export function createEventLog(fake: FakeFlexperto, printStep: PrintStep): (status: SigningStatus) => void {
  const printed = new Set<number>();
  let isChecked = false;
  let unconfirmedDocument: string | undefined;
  return ({ documents }) => {
    if (!isChecked && documents.every(({ sha256 }) => sha256 !== null)) {
      isChecked = true;
      printStep('Worker', 'has checked the PDFs: readable, not encrypted, with empty signature fields');
    }
    for (const [index, entry] of fake.ledger.entries().entries()) {
      const isPending = entry.status === null && entry.effect === null;
      if (isPending || printed.has(index)) continue;
      printed.add(index);
      if (entry.call === 'list' && unconfirmedDocument !== undefined) {
        printStep(
          'Worker',
          `finds ${unconfirmedDocument} in the vendor’s list: it is attached, so there is no second attach`,
        );
        unconfirmedDocument = undefined;
      }
      if (isResponseLost(entry)) unconfirmedDocument = printLostResponse(entry, printStep);
      else if (DESCRIPTIONS[entry.call] !== undefined)
        printStep('Worker', DESCRIPTIONS[entry.call]?.(entry) ?? '');
    }
  };
}

/** Whether the call took effect but its answer was lost. */
export function isResponseLost({ status, effect }: LedgerEntry): boolean {
  return status === null && effect !== null;
}

const DESCRIPTIONS: Partial<Record<LedgerEntry['call'], (entry: LedgerEntry) => string>> = {
  initiate: ({ sessionId = 0 }) => `creates contract session ${sessionId} at flexperto`,
  'upload-url': () => 'gets an upload URL that is valid for an hour',
  upload: ({ documentName = '', bytes = 0 }) => `has uploaded ${documentName} (${formatSize(bytes)})`,
  attach: ({ documentName = '' }) => `has attached ${documentName}`,
};

function printLostResponse({ documentName = '' }: LedgerEntry, printStep: PrintStep): string {
  printStep(
    'Network',
    `fails: the answer to "attach ${documentName}" is lost (the demo does this on purpose)`,
  );
  printStep('Worker', 'cannot know whether the document is attached, so it checks the vendor’s list first');
  return documentName;
}
