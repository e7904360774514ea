import { AnswerNotUnderstoodError } from '../../src/flexperto/index.js';
import { assertHttps, readExpiry } from '../../src/flexperto/upload-url.js';

const NOW = Date.UTC(2026, 0, 1);
const HOUR = 60 * 60_000;
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = (claims: unknown): string => `${part({ typ: 'JWT', alg: 'RS256' })}.${part(claims)}.c2ln`;
const urlWith = (query: string): string => `https://uploads.example.invalid/api/v1/files/upload?${query}`;

test('an upload URL expires when its token says', () => {
  const exp = NOW / 1000 + 1234;
  expect(readExpiry(urlWith(`token=${token({ exp, metadata: {} })}`), NOW)).toBe(NOW + 1_234_000);
});

test('a token that has expired already is believed', () => {
  expect(readExpiry(urlWith(`token=${token({ exp: NOW / 1000 - 60 })}`), NOW)).toBe(NOW - 60_000);
});

test('the token is found under any name and beside other parameters', () => {
  const exp = NOW / 1000 + 60;
  expect(readExpiry(urlWith(`v=1.5&x=a.b.c&jwt=${token({ exp })}`), NOW)).toBe(NOW + 60_000);
});

test.each([
  ['no token', ''],
  ['an empty token', 'token='],
  ['an opaque token', 'token=8f1c'],
  ['a token of dots', 'token=...'],
  ['a payload that is no JSON', 'token=a.bm90IGpzb24.c'],
  ['a payload that is no base64', 'token=a.%00%ff.c'],
  ['a payload of another type', `token=${token([1])}`],
  ['a payload of null', `token=${token(null)}`],
  ['no exp', `token=${token({ sub: 'x' })}`],
  ['exp as text', `token=${token({ exp: '1767225600' })}`],
  ['exp null', `token=${token({ exp: null })}`],
  ['exp 0', `token=${token({ exp: 0 })}`],
  ['a negative exp', `token=${token({ exp: -1 })}`],
  ['exp in milliseconds', `token=${token({ exp: NOW + HOUR })}`],
  ['exp beyond any date', 'token=a.eyJleHAiOjFlMzA4fQ.c'],
  ['exp beyond any number', 'token=a.eyJleHAiOjFlOTk5fQ.c'],
])('an upload URL with %s is taken to be valid for an hour, as the page says', (_, query) => {
  expect(readExpiry(urlWith(query), NOW)).toBe(NOW + HOUR);
});

test.each([
  ['https://tenant.live.flexperto.com', 'https://uploads.flexperto.com/u?token=x'],
  ['http://localhost:4010', 'http://localhost:4011/u?token=x'],
  ['http://localhost:4010', 'https://uploads.flexperto.com/u?token=x'],
])('with the API at %s, %s may be uploaded to', (baseUrl, url) => {
  expect(() => {
    assertHttps(url, baseUrl);
  }).not.toThrow();
});

test.each([
  ['https://tenant.live.flexperto.com', 'http://uploads.flexperto.com/u?token=x'],
  ['https://tenant.live.flexperto.com', 'HTTP://uploads.flexperto.com/u?token=x'],
  ['http://localhost:4010', 'ftp://localhost/u?token=x'],
  ['http://localhost:4010', 'file:///etc/passwd'],
  ['http://localhost:4010', '/u?token=x'],
  ['http://localhost:4010', 'token=x'],
])('with the API at %s, %s is not uploaded to, and not repeated', (baseUrl, url) => {
  expect(() => {
    assertHttps(url, baseUrl);
  }).toThrow(new AnswerNotUnderstoodError('request upload URL', 'the url is no https address'));
});
