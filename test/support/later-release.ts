import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A later release of the worker: this one with another workflow. */
export interface Release {
  /** The worker's program. */
  readonly worker: string;
  remove(): void;
}

/** Creates a release from this one, with one change of the workflow code. */
export function createLaterRelease(before: string, after: string): Release {
  // Below dist/, where Node finds the packages.
  const folder = mkdtempSync(resolve('dist/later-release-'));
  cpSync(resolve('dist/src'), join(folder, 'src'), { recursive: true });
  const code = readFileSync(resolve('dist/workflow-bundle.js'), 'utf8');
  const edited = code.replace(before, after);
  if (edited === code) throw new Error(`The workflow code lacks "${before}".`);
  writeFileSync(join(folder, 'workflow-bundle.js'), edited);
  return {
    worker: join(folder, 'src/worker.js'),
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
