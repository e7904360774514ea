import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { REQUEST } from '../../support/requests.js';
import { type CommandResult, parseError, parseJson, runCli } from '../../support/run-cli.js';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'signing-validate-'));
  await copyFile(resolve('examples/contract.pdf'), join(root, 'contract.pdf'));
  await copyFile(resolve('examples/terms.pdf'), join(root, 'terms.pdf'));
  await writeFile(join(root, 'letter.pdf'), 'not a PDF');
});
afterAll(() => rm(root, { recursive: true, force: true }));

const validate = (change: Record<string, unknown>, ...flags: string[]): Promise<CommandResult> =>
  runCli(['validate', '-', ...flags], {
    cwd: root,
    stdin: JSON.stringify({ ...REQUEST, ...change }),
    env: { SIGNING_DOCUMENT_ROOT: root },
  });

it('a valid request shows its documents and needs no server', async () => {
  const documents = [{ source: 'file:contract.pdf' }, { source: 'file:terms.pdf', signatureFields: 'none' }];
  const { code, stdout, stderr } = await validate({ documents });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.split('\n')).toEqual([
    'The request crm-action-8f1c is valid; nothing was sent.',
    '  Document      Size  Pages  Purpose          Signature fields',
    '  contract.pdf  7 KB  2      to be signed     1',
    '  terms.pdf     5 KB  1      for information  1',
    '',
  ]);
});

it('as JSON it describes each document', async () => {
  const answer = await validate({}, '--json');
  expect(answer).toMatchObject({ code: 0, stderr: '' });
  expect(parseJson(answer)).toEqual({
    valid: true,
    requestId: 'crm-action-8f1c',
    documents: [
      {
        name: 'contract.pdf',
        bytes: 6207,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        pages: 2,
        fields: 1,
        signatureFields: 'required',
        warnings: [],
      },
    ],
  });
});

it('an invisible signature field causes a warning', async () => {
  await copyFile(resolve('test/pdf/field-zero-rect.by-hand.pdf'), join(root, 'hidden.pdf'));
  const change = { documents: [{ source: 'file:hidden.pdf' }] };
  const warning = 'has the signature field "Customer", which is hidden or has no size: nobody can see it';
  const text = await validate(change);
  expect(text).toMatchObject({ code: 0, stderr: '' });
  expect(text.stdout).toContain(`\nWarning: hidden.pdf ${warning}.\n`);
  expect(parseJson(await validate(change, '--json'))).toMatchObject({ documents: [{ warnings: [warning] }] });
});

describe('an invalid request ends with 3 and names all problems of fields and documents', () => {
  const wrong = {
    method: 'xes',
    participants: [{ ...REQUEST.participants[0], mobile: '0176 1234567' }],
    documents: [{ source: 'file:letter.pdf' }, { source: 'file:missing.pdf' }],
  };

  it('one per line', async () => {
    const { code, stdout, stderr } = await validate(wrong);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    const [heading, ...lines] = stderr.trimEnd().split('\n');
    expect(heading).toBe('The request has 4 problems; nothing was sent:');
    expect(lines.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      '  method',
      '  participants[0].mobile',
      '  documents[0]',
      '  documents[1]',
    ]);
    expect(stderr).not.toContain('0176 1234567');
  });

  it('as a list in JSON', async () => {
    const answer = await validate(wrong, '--json');
    expect(answer).toMatchObject({ code: 3, stderr: '' });
    const { type, problems } = parseError(answer);
    expect(type).toBe('InvalidRequestError');
    expect(problems).toHaveLength(4);
    expect(problems).toContainEqual({
      field: 'participants[0].mobile',
      message: 'must be a mobile number in E.164 form such as +49176123456789',
    });
  });

  it('as one sentence if there is only one', async () => {
    const { code, stderr } = await validate({ deadlineDays: 0 });
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: 'deadlineDays must be a number of days above 0 and up to 365.\n',
    });
  });
});
