import { runCommand } from '../../scripts/processes/commands.js';
import { findTemporalCli } from '../../scripts/tools/temporal.js';
import {
  extractCode,
  extractCommands,
  readDocumentationPages,
  splitCommandLine,
} from '../support/markdown.js';

const code = readDocumentationPages().flatMap(({ text }) => extractCode(text));

describe('A command in the documentation', () => {
  it.each(extractCommands(code, /^(temporal \w.*)/g))(
    'is accepted by the Temporal CLI: %s',
    async (command) => {
      const [, ...words] = splitCommandLine(command);
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
