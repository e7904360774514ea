import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

interface Message {
  readonly ruleId: string | null;
  readonly line: number;
  readonly message: string;
}

/** Lints a text as a file of this name with the repository's own configuration; returns `line: "phrase"`. */
function findPhrases(file: string, text: string): string[] {
  const eslint = resolve('node_modules/eslint/bin/eslint.js');
  const args = [eslint, '--stdin', '--stdin-filename', file, '--format', 'json'];
  const { stdout, stderr } = spawnSync(process.execPath, args, { input: text, encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  const [{ messages } = { messages: [] }] = JSON.parse(stdout) as { messages: Message[] }[];
  return messages
    .filter(({ ruleId }) => ruleId === 'local/plain-english')
    .map(({ line, message }) => `${line}: ${/"[^"]*"/.exec(message)?.[0] ?? message}`);
}

describe('The check of plain English', () => {
  it('finds idioms in comments, strings, templates and names of code, and leaves questions alone', () => {
    const code = [
      '/** A server of its',
      ' * own. */',
      'export const quickly = "nobody is told";',
      'export const text = `${quickly} waits in vain`;',
      '// Who has waited has waited for all.',
      '// Who has the key? Where there is none, the worker fails at its start.',
    ];
    const found = findPhrases('scripts/example.mjs', code.join('\n'));
    expect(new Set(found)).toEqual(
      new Set([
        '1: "of its own"',
        '3: "is told"',
        '3: "quickly"',
        '4: "quickly"',
        '4: "in vain"',
        '5: "Who has waited …"',
      ]),
    );
  });

  it('finds idioms and sentences above 35 words in the prose of Markdown, not in code and tables', () => {
    const prose = (count: number): string => `A ${'long '.repeat(count - 2)}sentence.`;
    const page = [
      '# A page of its own',
      `${prose(35)} \`${prose(40)}\` is code.`,
      prose(36),
      '- Starts by itself, and calls `whoever`.',
      `| ${prose(50)} |\n| --- |\n| ${prose(50)} |`,
      '```\necho is told\n```',
    ];
    expect(findPhrases('test/example.md', page.join('\n\n'))).toEqual([
      '1: "of its own"',
      '5: "A long long long long long …"',
      '7: "by itself"',
      '7: "whoever"',
    ]);
  });
});
