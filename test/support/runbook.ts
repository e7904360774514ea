import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const TEXT = readFileSync(resolve('docs/operations.md'), 'utf8');

/** What stands in code in docs/operations.md: spans, and the lines of its blocks. */
export function codeInRunbook(): string[] {
  const prose = TEXT.replace(/^```[\s\S]*?^```/gm, '');
  const spans = [...prose.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span.replaceAll('\\|', '|'));
  return [...spans, ...blocksInRunbook().flatMap((block) => block.split('\n'))];
}

/** Its blocks of code. */
export function blocksInRunbook(): string[] {
  return [...TEXT.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].map(([, block = '']) => block);
}

/** The anchors that its headings make. */
export function anchorsInRunbook(): string[] {
  return [...TEXT.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replace(/\s/g, '-'),
  );
}

/** Where its links lead. */
export function linksInRunbook(): string[] {
  return [...TEXT.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target);
}

/** The words of a command line, as a shell would take them apart; words of the shell itself end it. */
export function wordsOf(commandLine: string): string[] {
  const words = [...commandLine.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)];
  const end = words.findIndex(([word]) => ['|', '>', '&&', ')'].includes(word));
  return words
    .slice(0, end === -1 ? undefined : end)
    .map(([, double, single, bare]) => double ?? single ?? bare ?? '');
}
