import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const FOLDERS = ['.', 'docs', 'docs/decisions', 'examples', 'test', 'test/pdf'];

/** A page of the documentation. */
export interface Page {
  /** From the repository's root. */
  readonly file: string;
  readonly text: string;
}

/** Every page of the documentation, without the changelog, which names removed files. */
export function readDocumentationPages(): Page[] {
  const files = FOLDERS.flatMap((folder) => readdirSync(folder).map((name) => path.join(folder, name)));
  return files
    .filter((file) => file.endsWith('.md') && file !== 'CHANGELOG.md')
    .map((file) => ({ file, text: readFileSync(file, 'utf8') }));
}

const CODE_BLOCK = /^```\w*\n([\s\S]*?)^```/gm;

/** All code in a page: spans, and the lines of its blocks. */
export function extractCode(page: string): string[] {
  const spans = [...page.replace(CODE_BLOCK, '').matchAll(/`([^`]+)`/g)].map(([, span = '']) =>
    span.replaceAll('\\|', '|'),
  );
  return [...spans, ...extractCodeBlocks(page).flatMap((block) => block.split('\n'))];
}

/** The blocks of code in a page. */
export function extractCodeBlocks(page: string): string[] {
  return [...page.matchAll(CODE_BLOCK)].map(([, block = '']) => block);
}

/** The anchors of the headings of a page. */
export function extractAnchors(page: string): string[] {
  return [...page.replace(CODE_BLOCK, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replace(/\s/g, '-'),
  );
}

/** The targets of the links and images in a page. */
export function extractLinks(page: string): string[] {
  return [...page.replace(CODE_BLOCK, '').matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target);
}

/** The distinct first groups of the pattern's matches in code, without comments. */
export function extractCommands(code: readonly string[], pattern: RegExp): string[] {
  const found = code.flatMap((text) => [...text.matchAll(pattern)].map(([, command = '']) => command));
  return [...new Set(found.map((command) => command.replace(/\s+#.*/, '')))];
}

/** Splits a command line into words, as a shell does, up to the first operator. */
export function splitCommandLine(commandLine: string): string[] {
  const words = [...commandLine.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)];
  const end = words.findIndex(([word]) => ['|', '>', '&&', ')'].includes(word));
  return words
    .slice(0, end === -1 ? undefined : end)
    .map(([, double, single, bare]) => double ?? single ?? bare ?? '');
}
