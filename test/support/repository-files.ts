import { readdirSync } from 'node:fs';
import path from 'node:path';

/** Made by programs, or another project's. */
const IGNORED = new Set(['.git', 'coverage', 'dist', 'node_modules', 'uploads', '.bench', '.chaos', '.demo']);

/** The files of the repository whose path matches, from its root. */
export function listRepositoryFiles(pattern: RegExp): string[] {
  return walk('.').filter((file) => pattern.test(file));
}

function walk(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.flatMap((entry) => {
    if (IGNORED.has(entry.name)) return [];
    const file = path.join(folder, entry.name);
    return entry.isDirectory() ? walk(file) : [file];
  });
}
