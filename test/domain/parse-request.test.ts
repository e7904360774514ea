import fc from 'fast-check';
import { describeProblems, parseRequest } from '../../src/domain/parse-request.js';
import { getBaseName } from '../../src/domain/request.js';
import { REQUEST, createParticipant } from '../support/requests.js';

const findProblems = (input: unknown): readonly { field: string; message: string }[] =>
  parseRequest(input).problems;
const findProblemFields = (input: unknown): string[] => findProblems(input).map(({ field }) => field);
const withSource = (source: unknown): unknown => ({ ...REQUEST, documents: [{ source, name: 'a.pdf' }] });

test('a request gets its defaults: the name from the source, signature fields required, 30 days', () => {
  const { request, problems } = parseRequest(REQUEST);
  expect(problems).toEqual([]);
  expect(request).toEqual({
    ...REQUEST,
    documents: [{ source: 'file:contract.pdf', name: 'contract.pdf', signatureFields: 'required' }],
    deadlineDays: 30,
  });
});

test('given values are kept, a SHA-256 in lower case', () => {
  const given = {
    ...REQUEST,
    documents: [
      {
        source: 'file:a.pdf',
        name: 'Vertrag "2024" für Jörg.pdf',
        sha256: 'AB'.repeat(32),
        signatureFields: 'none',
      },
      { source: 'https://docs.bank.example/b.pdf?version=3', sha256: null, signatureFields: null },
    ],
    crmRecord: 'opportunity/0061',
    callbackUrl: 'https://crm.example.invalid/hooks/signing',
    deadlineDays: 0.5,
  };
  const { request, problems } = parseRequest(given);
  expect(problems).toEqual([]);
  expect(request).toMatchObject({
    crmRecord: given.crmRecord,
    callbackUrl: given.callbackUrl,
    deadlineDays: 0.5,
  });
  expect(request.documents).toEqual([
    { ...given.documents[0], sha256: 'ab'.repeat(32) },
    { source: given.documents[1]?.source, name: 'b.pdf', signatureFields: 'required' },
  ]);
});

test('all problems are reported together, each with its field', () => {
  const input = {
    requestId: 'a b',
    employeeId: '',
    name: 'two\nlines',
    method: 'AES',
    participants: [createParticipant({ email: 'john', mobile: '0176123456789', phone: '1' })],
    documents: [{ source: 'ftp://x/a.pdf', name: 'a/b.pdf', sha256: 'zz' }, 7],
    crmRecord: 'with space',
    callbackUrl: 'http://crm.example.invalid/',
    deadlineDays: 0,
    crmrecord: 'misspelt',
  };
  expect(findProblemFields(input).sort()).toEqual(
    [
      'crmrecord', 'requestId', 'employeeId', 'name', 'method', 'participants[0].phone', 'participants[0].email',
      'participants[0].mobile', 'documents[0].source', 'documents[0].name', 'documents[0].sha256', 'documents[1]',
      'crmRecord', 'callbackUrl', 'deadlineDays',
    ].sort(), // prettier-ignore
  );
});

test('a missing field is reported as missing, with what it must be', () => {
  const missing = findProblems({}).map(({ field, message }) => `${field} ${message}`);
  expect(missing).toHaveLength(6);
  expect(missing.join('\n')).toMatch(/^requestId is missing: it must be 1 to 200 letters/m);
  expect(missing.join('\n')).toMatch(/^participants must hold exactly one participant$/m);
  expect(missing.join('\n')).toMatch(/^documents must hold 1 to 20 documents$/m);
});

test('a number instead of a text is reported as such, since "45" and 45 look alike in a CRM', () => {
  expect(findProblems({ ...REQUEST, employeeId: 45 })).toEqual([
    {
      field: 'employeeId',
      message: 'must be a JSON string: 1 to 64 letters, digits or signs, without spaces',
    },
  ]);
});

test.each([null, undefined, 'text', 7, [REQUEST]])(
  '%j is not a JSON object, which is the only problem',
  (input) => {
    expect(findProblems(input)).toEqual([{ field: 'request', message: 'must be a JSON object' }]);
  },
);

test.each([
  [{ participants: [] }, 'participants', 'exactly one participant, not 0'],
  [
    { participants: [createParticipant(), createParticipant()] },
    'participants',
    'exactly one participant, not 2',
  ],
  [{ documents: [] }, 'documents', '1 to 20 documents, not 0'],
  [
    { documents: Array.from({ length: 21 }, (_, index) => ({ source: `file:${index}.pdf` })) },
    'documents',
    '1 to 20 documents, not 21',
  ],
])('a wrong count is reported with the allowed one: %#', (change, field, message) => {
  expect(findProblems({ ...REQUEST, ...change })).toEqual([{ field, message: `must hold ${message}` }]);
});

test('document names must differ, also where they come from the source', () => {
  const documents = [{ source: 'file:2024/a.pdf' }, { source: 'file:b.pdf' }, { source: 'file:2025/a.pdf' }];
  expect(findProblems({ ...REQUEST, documents })).toEqual([
    { field: 'documents[2].name', message: 'must be unique: documents[0] has the same name' },
  ]);
});

test('a document needs signature fields, unless the vendor signs the whole document', () => {
  const documents = [{ source: 'file:a.pdf', signatureFields: 'none' }];
  expect(findProblemFields({ ...REQUEST, documents })).toEqual(['documents']);
  expect(findProblemFields({ ...REQUEST, documents, method: 'ves' })).toEqual(['documents']);
  expect(findProblemFields({ ...REQUEST, documents, method: 'qes' })).toEqual([]);
});

test.each([
  'file:/etc/passwd', 'file:', 'contract.pdf', 'http://docs.bank.example/a.pdf', 'https://user:pw@docs.bank.example/a.pdf',
  'HTTPS://docs.bank.example/a.pdf', ' https://docs.bank.example/a.pdf', 'https:docs.bank.example/a.pdf', 'FILE:a.pdf',
  'https://docs.bank.example/\u0000a.pdf',
])('the source %j is refused', (source) => {
  expect(findProblemFields(withSource(source))).toEqual(['documents[0].source']);
}); // prettier-ignore

test.each([
  'http://crm.example.invalid/', 'https://user@crm.example.invalid/', 'crm', 'https://crm.example.invalid/\nx',
  'http://localhost.evil.example/', 'http://127.0.0.1@evil.example/', `https://crm.example.invalid/${'x'.repeat(2000)}`,
])('the callback address %# is refused', (callbackUrl) => {
  expect(findProblemFields({ ...REQUEST, callbackUrl })).toEqual(['callbackUrl']);
}); // prettier-ignore

test.each([
  'http://127.0.0.1:3000/hook',
  'http://localhost/',
  'http://[::1]:80',
  'https://crm.example.invalid:8443/a?b=c',
])('the callback address %j is accepted', (callbackUrl) => {
  expect(findProblemFields({ ...REQUEST, callbackUrl })).toEqual([]);
});

test.each([
  '0176123456789',
  '+0176123456789',
  '+49 176 123456',
  '0049176123456789',
  '+4917612345678901',
  '+49176',
  49,
])('the mobile number %j is not E.164', (mobile) => {
  expect(findProblemFields({ ...REQUEST, participants: [createParticipant({ mobile })] })).toEqual([
    'participants[0].mobile',
  ]);
});

test.each([
  'john',
  'john@',
  '@example.invalid',
  'john@example',
  'john@@example.invalid',
  'john doe@example.invalid',
  'j@ex..invalid',
])('%j is no e-mail address', (email) => {
  expect(findProblemFields({ ...REQUEST, participants: [createParticipant({ email })] })).toEqual([
    'participants[0].email',
  ]);
});

test('a source that does not end in a file name needs a name', () => {
  for (const source of [
    'https://docs.bank.example/',
    'file:folder/',
    'https://docs.bank.example/a%2Fb.pdf',
  ]) {
    expect(findProblemFields({ ...REQUEST, documents: [{ source }] })).toEqual(['documents[0].name']);
  }
});

test('the base name of an address is decoded where possible', () => {
  expect(getBaseName('https://docs.bank.example/x/Kr%C3%A4hen.pdf?a=b')).toBe('Krähen.pdf');
  expect(getBaseName('https://docs.bank.example/50%.pdf')).toBe('50%.pdf');
  expect(getBaseName('file:x/50%25.pdf')).toBe('50%25.pdf');
});

test('a text in one line contains no line break of Unicode', () => {
  for (const name of ['a\nb', 'a\rb', 'a\u0085b', 'a\u2028b', 'a\u2029b']) {
    expect(findProblemFields({ ...REQUEST, name })).toEqual(['name']);
  }
});

test('the length of a text counts characters, and a half of one is refused', () => {
  expect(findProblemFields({ ...REQUEST, name: '😀'.repeat(255) })).toEqual([]);
  expect(findProblemFields({ ...REQUEST, name: '😀'.repeat(256) })).toEqual(['name']);
  expect(findProblemFields({ ...REQUEST, name: '😀'.charAt(0) })).toEqual(['name']);
});

const toLooseSchema = fc.record(
  {
    ...Object.fromEntries(
      [...Object.keys(REQUEST), 'crmRecord', 'callbackUrl', 'deadlineDays'].map((field) => [
        field,
        fc.jsonValue(),
      ]),
    ),
    participants: fc.oneof(fc.jsonValue(), fc.array(fc.dictionary(fc.string(), fc.jsonValue()))),
    documents: fc.oneof(fc.jsonValue(), fc.array(fc.record({ source: fc.webUrl(), name: fc.jsonValue() }))),
  },
  { requiredKeys: [] },
);

test('any JSON is read without throwing, twice with the same result, and as a whole request', () => {
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), toLooseSchema), (input) => {
      const { request, problems } = parseRequest(input);
      expect(parseRequest(input)).toEqual({ input, request, problems });
      expect(Object.keys(request)).toEqual(expect.arrayContaining([...Object.keys(REQUEST), 'deadlineDays']));
      for (const { field, message } of problems)
        expect(`${field}${message}`).not.toMatch(/undefined|\[object/);
    }),
  );
});

test('a request that was read without problems is read again as the same request', () => {
  const { request } = parseRequest(REQUEST);
  expect(parseRequest(request)).toEqual({ input: request, request, problems: [] });
});

test('a problem names the field and never its value', () => {
  const secret = 'Quasimodo-4711';
  const inputs = [
    { ...REQUEST, name: `${secret}\n` }, { ...REQUEST, requestId: `${secret} ` }, { ...REQUEST, method: secret },
    { ...REQUEST, participants: [createParticipant({ email: secret, firstname: `${secret}\n`, lastname: [secret], mobile: secret })] },
    { ...REQUEST, participants: secret }, { ...REQUEST, documents: [secret] }, { ...REQUEST, deadlineDays: secret },
    withSource(secret), { ...REQUEST, documents: [{ source: 'file:a', name: `${secret}/` }] }, secret,
  ]; // prettier-ignore
  for (const input of inputs) {
    expect(findProblems(input)).not.toEqual([]);
    expect(JSON.stringify(findProblems(input))).not.toContain(secret);
  }
});

test('very many problems are counted, not printed, so that the message fits into a failure', () => {
  const fields = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`${index}`.repeat(50_000), 1]));
  const documents = Array.from({ length: 20 }, () => fields);
  const text = describeProblems(findProblems({ ...REQUEST, documents }));
  expect(text.length).toBeLessThan(50_000);
  expect(text).toMatch(/; and 320 more problems$/);
});

test('a request of a megabyte does not cause a hundred megabytes of problems', () => {
  const fields = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`f${index}`, 1]));
  const problems = findProblems({
    ...REQUEST,
    ...fields,
    documents: Array.from({ length: 300_000 }, () => ({})),
  });
  expect(problems.length).toBeLessThan(100);
  expect(problems).toContainEqual({ field: 'documents', message: 'must hold 1 to 20 documents, not 300000' });
  expect(problems).toContainEqual({ field: 'request', message: 'has 99980 more fields that are not known' });
});
