import fc from 'fast-check';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRequestFile } from '../../src/cli/request-file.js';
import { captureRejection } from '../support/async-helpers.js';
import { REQUEST } from '../support/requests.js';
import { runCli } from '../support/run-cli.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signing-request-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function readError(content: string | Uint8Array): Promise<string> {
  const file = join(folder, 'request.json');
  await writeFile(file, content);
  const error = await captureRejection(readRequestFile(file));
  return (error as Error).message.replace(file, 'request.json');
}

describe('invalid JSON is rejected with the position of the error', () => {
  it.each([
    ['a missing comma', '{\n  "a": 1\n  "b": 2\n}', 'line 3, column 3: comma expected.'],
    ['a comma too many', '{"a": 1,}', 'line 1, column 9: property name expected.'],
    ['a missing end', '{"a": [1, 2', 'line 1, column 12: close bracket expected.'],
    ['a name without quotes', '{\r\n a: 1}', 'line 2, column 2: invalid symbol.'],
    ['a comment', '{} // later', 'line 1, column 4: invalid comment token.'],
    ['a second document', '{} {}', 'line 1, column 4: end of file expected.'],
    ['nothing at all', ' \n', 'it is empty.'],
  ])('%s', async (_, text, words) => {
    expect(await readError(text)).toBe(`request.json is not JSON: ${words}`);
  });

  it('and the message never quotes the content', async () => {
    const text = JSON.stringify(REQUEST, undefined, 2);
    const position = fc.integer({ min: 1, max: text.length - 1 });
    await fc.assert(
      fc.asyncProperty(position, async (end) => {
        expect(await readError(text.slice(0, end))).toMatch(
          /^request\.json is not JSON: line \d+, column \d+: [a-z ]+\.$/,
        );
      }),
    );
  });
});

it('a file that is not text, or far too large, is rejected without reading the rest', async () => {
  expect(await readError(Buffer.from([0x25, 0x50, 0x44, 0x46, 0xff, 0xfe]))).toBe(
    'request.json is not UTF-8 text, so it cannot be JSON.',
  );
  expect(await readError(Buffer.alloc(2 * 1024 * 1024, ' '))).toBe(
    'request.json is larger than a request can be (1 MB).',
  );
});

it('a byte order mark is allowed', async () => {
  const file = join(folder, 'marked.json');
  await writeFile(file, `\uFEFF{"a": 1}`);
  expect(await readRequestFile(file)).toEqual({ a: 1 });
});

it.each([
  ['a missing file', 'nowhere.json', (path: string) => `There is no file ${path}.`],
  ['a folder', '.', () => `${folder} is a folder, not a file.`],
])('%s is named with its whole path', async (_, name, words) => {
  const { code, stdout, stderr } = await runCli(['start', name], { cwd: folder });
  expect({ code, stdout, stderr }).toEqual({ code: 3, stdout: '', stderr: `${words(join(folder, name))}\n` });
});

it('messages call stdin by its name', async () => {
  const { code, stderr } = await runCli(['validate', '-'], { cwd: folder, stdin: '[1' });
  expect({ code, stderr }).toEqual({
    code: 3,
    stderr: 'stdin is not JSON: line 1, column 3: close bracket expected.\n',
  });
});
