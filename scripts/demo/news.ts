import type { FakeFlexperto, LedgerEntry } from '../../fake-flexperto/index.js';
import type { SigningStatus } from '../../src/domain/status.js';
import { size, type Actor } from './screen.js';

type Tell = (actor: Actor, deed: string) => void;

/**
 * Tells of what has happened since the last time it was called. A call is told of once the vendor has carried it out,
 * which for one whose answer is lost is the only thing that ever happens to it.
 */
export function createNews(fake: FakeFlexperto, tell: Tell): (status: SigningStatus) => void {
  const told = new Set<number>();
  let isChecked = false;
  let doubtful: string | undefined;
  return ({ documents }) => {
    if (!isChecked && documents.every(({ sha256 }) => sha256 !== null)) {
      isChecked = true;
      tell('Worker', 'has checked the PDFs: readable, not encrypted, with signature fields still empty');
    }
    for (const [index, entry] of fake.ledger.entries().entries()) {
      const isUnderWay = entry.status === null && entry.effect === null;
      if (isUnderWay || told.has(index)) continue;
      told.add(index);
      if (entry.call === 'list' && doubtful !== undefined) {
        tell('Worker', `finds ${doubtful} in the list: it is attached, and is not attached twice`);
        doubtful = undefined;
      }
      if (isLost(entry)) doubtful = tellOfLoss(entry, tell);
      else if (DEEDS[entry.call] !== undefined) tell('Worker', DEEDS[entry.call]?.(entry) ?? '');
    }
  };
}

/** Whether the call took effect but its answer did not arrive. */
export function isLost({ status, effect }: LedgerEntry): boolean {
  return status === null && effect !== null;
}

const DEEDS: Partial<Record<LedgerEntry['call'], (entry: LedgerEntry) => string>> = {
  initiate: ({ sessionId = 0 }) => `creates contract session ${sessionId} at flexperto`,
  'upload-url': () => 'gets an upload URL, good for an hour',
  upload: ({ documentName = '', bytes = 0 }) => `has uploaded ${documentName} (${size(bytes)})`,
  attach: ({ documentName = '' }) => `has attached ${documentName}`,
};

function tellOfLoss({ documentName = '' }: LedgerEntry, tell: Tell): string {
  tell('Network', `breaks down: the answer to "attach ${documentName}" is lost (the demo saw to that)`);
  tell('Worker', 'cannot know whether it is attached, so it asks before it does anything twice');
  return documentName;
}
