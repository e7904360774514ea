import { runCommand } from '../scripts/commands.js';
import { findTemporalCli } from '../scripts/temporal-programs.js';
import { codeIn, commandsIn, wordsOf } from './support/markdown.js';
import { readPages } from './support/pages.js';

const code = readPages().flatMap(({ text }) => codeIn(text));

describe('A command in the documentation', () => {
  it.each(commandsIn(code, /^(temporal \w.*)/g))(
    'is one that the Temporal CLI takes: %s',
    async (command) => {
      const [, ...words] = wordsOf(command);
      const firstFlag = words.findIndex((word) => word.startsWith('-'));
      const names = words.slice(0, firstFlag === -1 ? undefined : firstFlag);
      const cli = await findTemporalCli();
      const help = await runCommand(cli, [...names, '--help']);
      expect(help).toContain(`temporal ${names.join(' ')}`);
      const known = `${help}${await runCommand(cli, ['options'])}`;
      const flags = words.filter((word) => word.startsWith('--'));
      expect(flags.filter((flag) => !known.includes(` ${flag} `))).toEqual([]);
    },
  );
});
