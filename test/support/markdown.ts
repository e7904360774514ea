const BLOCK = /^```\w*\n([\s\S]*?)^```/gm;

/** All code in a page: spans, and the lines of its blocks. */
export function codeIn(page: string): string[] {
  const spans = [...page.replace(BLOCK, '').matchAll(/`([^`]+)`/g)].map(([, span = '']) =>
    span.replaceAll('\\|', '|'),
  );
  return [...spans, ...blocksIn(page).flatMap((block) => block.split('\n'))];
}

/** The blocks of code in a page. */
export function blocksIn(page: string): string[] {
  return [...page.matchAll(BLOCK)].map(([, block = '']) => block);
}

/** The anchors that the headings of a page make. */
export function anchorsIn(page: string): string[] {
  return [...page.replace(BLOCK, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replace(/\s/g, '-'),
  );
}

/** The targets of the links and images in a page. */
export function linksIn(page: string): string[] {
  return [...page.replace(BLOCK, '').matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target);
}

/** The commands in code that a pattern finds, each once: its first group, without the comment behind it. */
export function commandsIn(code: readonly string[], pattern: RegExp): string[] {
  const found = code.flatMap((text) => [...text.matchAll(pattern)].map(([, command = '']) => command));
  return [...new Set(found.map((command) => command.replace(/\s+#.*/, '')))];
}

/** The words of a command line, as a shell would take them apart; words of the shell itself end it. */
export function wordsOf(commandLine: string): string[] {
  const words = [...commandLine.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)];
  const end = words.findIndex(([word]) => ['|', '>', '&&', ')'].includes(word));
  return words
    .slice(0, end === -1 ? undefined : end)
    .map(([, double, single, bare]) => double ?? single ?? bare ?? '');
}
