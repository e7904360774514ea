import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const FOLDERS = ['.', 'docs', 'docs/decisions', 'examples', 'test/pdf'];

/** A page of the documentation. */
export interface Page {
  /** From the repository's root. */
  readonly file: string;
  readonly text: string;
}

/** Every page of the documentation, without the changelog: it speaks of the past. */
export function readPages(): Page[] {
  const files = FOLDERS.flatMap((folder) => readdirSync(folder).map((name) => path.join(folder, name)));
  return files
    .filter((file) => file.endsWith('.md') && file !== 'CHANGELOG.md')
    .map((file) => ({ file, text: readFileSync(file, 'utf8') }));
}
