import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createOutput } from '../../src/cli/output/output.js';
import { createProgram } from '../../src/cli/run.js';
import { VARIABLE_NAMES } from '../../src/shared/config/index.js';
import {
  extractAnchors,
  extractCode,
  extractCommands,
  extractLinks,
  readDocumentationPages,
  splitCommandLine,
} from '../support/markdown.js';

const pages = readDocumentationPages();
const code = pages.flatMap(({ text }) => extractCode(text));
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

/** A link is dead if its file is missing, or if the page lacks the heading. */
function isDead(file: string, link: string): boolean {
  const [target = '', anchor] = link.split('#');
  const end = target === '' ? file : path.join(path.dirname(file), target);
  if (!existsSync(end)) return true;
  return anchor !== undefined && !extractAnchors(readFileSync(end, 'utf8')).includes(anchor);
}

describe('The documentation', () => {
  it('has links to files and headings that exist', () => {
    const links = pages.flatMap(({ file, text }) => extractLinks(text).map((link) => ({ file, link })));
    const own = links.filter(({ link }) => !/^https?:/.test(link));
    expect(own.length).toBeGreaterThan(50);
    expect(own.filter(({ file, link }) => isDead(file, link))).toEqual([]);
  });

  it('names only files that exist', () => {
    const named = code.filter((text) =>
      /^(src|test|docs|ops|deploy|scripts|chaos|bench|examples|fake-flexperto)\/[\w./-]*$/.test(text),
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((file) => !existsSync(file))).toEqual([]);
  });

  it('names only npm scripts that exist', () => {
    const named = extractCommands(code, /\bnpm (?:run (?:--silent )?)?([a-z][\w:-]*)/g);
    expect(named).toEqual(expect.arrayContaining(['test', 'test:all', 'demo', 'dev', 'signing']));
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('names only variables that a program reads', () => {
    const named = code.flatMap((text) => text.match(/\b(?:FLEXPERTO|SIGNING)_[A-Z_]*[A-Z]\b/g) ?? []);
    expect(named.filter((name) => !VARIABLE_NAMES.includes(name))).toEqual([]);
  });
});

describe('A command in the documentation', () => {
  const signing = extractCommands(
    code,
    /(?:^|npm run (?:--silent )?signing -- )((?<=-- )\w.*|signing \w.*)/g,
  );

  it('exists for every decision', () => {
    expect(signing.length).toBeGreaterThan(15);
    expect(signing).toContain('start examples/request.json --wait');
  });

  it.each(signing)('is accepted by the CLI: %s', async (command) => {
    const words = splitCommandLine(command.replace(/^signing /, '').replace('NUMBER', '13'));
    const program = createProgram({ output: createOutput(true), action: () => () => Promise.resolve() });
    await expect(program.parseAsync(words, { from: 'user' })).resolves.toBe(program);
  });
});
