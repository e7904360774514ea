import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const EXAMPLES = path.resolve(__dirname, '../../examples');

/** A document root: the gateway puts uploads into it, so it is none of the repository's folders. */
export interface DocumentFolder {
  readonly path: string;
  remove(): void;
}

/** A document root with the documents of examples/ in it, at a given place that stays, or at one that can be removed. */
export function documentFolder(kept?: string): DocumentFolder {
  const folder = kept ?? mkdtempSync(path.join(tmpdir(), 'signing-documents-'));
  if (kept !== undefined) {
    rmSync(kept, { recursive: true, force: true });
    mkdirSync(kept, { recursive: true });
  }
  for (const name of readdirSync(EXAMPLES).filter((file) => file.endsWith('.pdf')))
    copyFileSync(path.join(EXAMPLES, name), path.join(folder, name));
  const remove = (): void => {
    if (kept === undefined) rmSync(folder, { recursive: true, force: true });
  };
  // Also where the process is ended while it still starts the rest.
  process.once('exit', remove);
  return {
    path: folder,
    remove: () => {
      process.off('exit', remove);
      remove();
    },
  };
}
