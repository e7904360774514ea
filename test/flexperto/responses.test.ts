import { runInNewContext } from 'node:vm';
import type { VendorDocument } from '../../src/domain/vendor-document.js';
import { AnswerNotUnderstoodError } from '../../src/flexperto/index.js';
import { parseLenientJson } from '../../src/flexperto/responses.js';
import { captureRejection } from '../support/async-helpers.js';
import {
  CALL_CONTEXT,
  SESSION,
  closeVendorsAfterEach,
  startScriptedVendor,
  streamOf,
} from '../support/scripted-vendor.js';

closeVendorsAfterEach();

const initiated = async (answer: string) =>
  (await startScriptedVendor(answer)).client.initiateSession(CALL_CONTEXT, SESSION);
const attached = async (answer: string) =>
  (await startScriptedVendor(answer)).client.attachDocument(CALL_CONTEXT, 13, 'f-1');
const listed = async (answer: string) =>
  (await startScriptedVendor(answer)).client.listDocuments(CALL_CONTEXT, 13);
const uploadUrl = async (answer: string) =>
  (await startScriptedVendor(answer)).client.requestUploadUrl(CALL_CONTEXT, 13);
const uploaded = async (answer: string) => {
  const { client, url } = await startScriptedVendor(answer);
  return client.uploadDocument(url, { name: 'a.pdf', bytes: 4, content: streamOf('%PDF') });
};

/** The answer as the page prints it, the JavaScript word included. */
const INITIATED = `{
  "id": 13, "expert_id": 45, "customer_id": 99, "name": "Task-123 / Documents to be Signed",
  "expert_email": "e@example.invalid", "expert_name": "undefined", "customer_name": "John Doe", "customer_email": "j@example.invalid",
  "method": "aes", "transaction_completed": false, "created_at": "2021-10-29T10:12:57+0200", "updated_at": "2021-10-29T10:12:57+0200",
  "deleted_at": undefined, "meta": { "foreign_session_id": undefined, "words": [undefined, "a \\"quoted\\" undefined"] }
}`; // prettier-ignore

test.each([
  ['as the page prints it, with the word undefined as a value', INITIATED, 13],
  ['with null in its place', INITIATED.replaceAll(': undefined', ': null'), 13],
  ['with nothing but the id', '{"id":13}', 13],
  ['with fields that no page knows', '{"id":13,"flags":{"new":[1]}}', 13],
  ['with the id in digits of text', '{"id":"13"}', 13],
])('an initiate answer is read %s', async (_, answer, id) => {
  expect(await initiated(answer)).toBe(id);
});

test.each([
  ['empty', ''],
  ['cut short', INITIATED.slice(0, 60)],
  ['a page of HTML', '<!doctype html><title>13</title>'],
  ['JSON of another type', '13'],
  ['null', 'null'],
  ['an array', '[{"id":13}]'],
  ['without an id', '{"name":"x"}'],
  ['with the id null', '{"id":null}'],
  ['with the id undefined', '{"id":undefined}'],
  ['with the id 0', '{"id":0}'],
  ['with a broken id', '{"id":1.5}'],
  ['with an id beyond what a number holds', '{"id":90071992547409930}'],
  ['with an id that is no number', '{"id":"13a"}'],
])('an initiate answer that is %s is not understood, and yields no id', async (_, answer) => {
  expect(await captureRejection(initiated(answer))).toBeInstanceOf(AnswerNotUnderstoodError);
});

test('an upload URL is read beside undocumented fields', async () => {
  const { url } = await uploadUrl('{"url":"http://localhost/u?token=x","method":"POST","expires":undefined}');
  expect(url).toBe('http://localhost/u?token=x');
});

test.each(['', '{"url":', '{"url":null}', '{"url":""}', '{"url":7}', '{"url":"/upload?token=x"}', '{"url":"ftp://h/u"}'])(
  'an upload URL answer %p is not understood',
  async (answer) => {
    expect(await captureRejection(uploadUrl(answer))).toBeInstanceOf(AnswerNotUnderstoodError);
  },
); // prettier-ignore

test('an upload answer gives the file id', async () => {
  const page =
    '{"id":"3fa85f64","owner":{},"metadata":{"contract_session_id":13},"availableUntil":"x","name":"a.pdf"}';
  expect(await uploaded(page)).toEqual({ fileId: '3fa85f64', availableUntil: null });
});

test.each([
  ['"2021-10-29T10:12:57+0200"', '2021-10-29T08:12:57Z'],
  ['"2021-10-29T10:12:57.123Z"', '2021-10-29T10:12:57.123Z'],
  ['"2021-10-29T10:12:57-09:30"', '2021-10-29T19:42:57Z'],
])('an upload answer says until when the file is kept: %s', async (given, moment) => {
  const answer = `{"id":"3fa85f64","availableUntil":${given}}`;
  expect((await uploaded(answer)).availableUntil).toBe(Date.parse(moment));
});

test.each([
  '""',
  'null',
  '{}',
  '1635495177',
  '"tomorrow"',
  '"2021-10-29T10:12:57"',
  '"2021-13-29T10:12:57Z"',
])('an upload answer with %s is understood, without an end', async (given) => {
  const answer = `{"id":"3fa85f64","availableUntil":${given}}`;
  expect((await uploaded(answer)).availableUntil).toBeNull();
});

test.each(['', '{}', '{"id":""}', '{"id":null}', '{"id":{}}', '{"id":"3fa8'])(
  'an upload answer %p is not understood',
  async (answer) => {
    expect(await captureRejection(uploaded(answer))).toBeInstanceOf(AnswerNotUnderstoodError);
  },
);

const ATTACHED = `{"id":1362,"name":"a.pdf","status":"ATTACHED","original_file_id":"f-1","failure_reason":"",
  "created_at":"2021-10-29T10:12:57+0200","updated_at":"2021-10-29T10:12:57+0200"}`;
const DOCUMENT: VendorDocument = {
  documentId: 1362,
  name: 'a.pdf',
  status: 'ATTACHED',
  originalFileId: 'f-1',
  failureReason: null,
};

test.each([
  ['as the page shows it', ATTACHED, DOCUMENT],
  ['with the id in digits of text', ATTACHED.replace('1362', '"1362"'), DOCUMENT],
  ['with a status that no page knows', ATTACHED.replace('ATTACHED', 'ARCHIVED'), { ...DOCUMENT, status: 'ARCHIVED' }],
  ['with a failure reason', ATTACHED.replace('_reason":""', '_reason":"no passport"'), { ...DOCUMENT, failureReason: 'no passport' }],
  ['with nothing known in it', '{"ok":true}', { documentId: null, name: null, status: null, originalFileId: null, failureReason: null }],
  ['with undefined and null', '{"id":undefined,"name":null,"original_file_id":undefined}', { documentId: null, name: null, status: null, originalFileId: null, failureReason: null }],
])('an attach answer is read %s', async (_, answer, document) => {
  expect(await attached(answer)).toEqual(document);
}); // prettier-ignore

test.each(['', '\n', '  \r\n'])('an attach answer %p counts as empty, as the older page shows it', async (answer) => {
  expect(await attached(answer)).toBeNull();
}); // prettier-ignore

test.each(['<html></html>', '{"id":1362', '[]', '"ok"', '{"id":"x"}', ATTACHED.replace('"f-1"', '"f-2"'), '{"status":7}'])(
  'an attach answer %p is not understood',
  async (answer) => {
    expect(await captureRejection(attached(answer))).toBeInstanceOf(AnswerNotUnderstoodError);
  },
); // prettier-ignore

test.each([
  ['a bare array', `[${ATTACHED}]`],
  ['an object that holds the array', `{"documents":[${ATTACHED}]}`],
  ['an object that holds it under any name, beside others', `{"total":1,"next":null,"items":[${ATTACHED}]}`],
  ['an object with other arrays beside it', `{"warnings":["x"],"links":[],"items":[${ATTACHED}]}`],
])('a list is read from %s', async (_, answer) => {
  expect(await listed(answer)).toEqual([DOCUMENT]);
});

test.each(['[]', '{"documents":[]}', '{"documents":[],"total":0}'])(
  'a list %s has no documents',
  async (answer) => {
    expect(await listed(answer)).toEqual([]);
  },
);

test.each([
  '', 'null', '{}', '{"message":"no"}', '[1]', '[null]', '[{"name":"a.pdf"}]', '{"a":[],"b":[]}', '{"documents":["x"]}',
  `[${ATTACHED}`, `[${ATTACHED},{"name":"b.pdf"}]`,
])('a list %p is not understood: an attached document must not look absent', async (answer) => {
  expect(await captureRejection(listed(answer))).toBeInstanceOf(AnswerNotUnderstoodError);
}); // prettier-ignore

test('an error does not repeat the content of an unreadable answer', async () => {
  const error = await captureRejection(initiated('{"id":"john.doe@example.invalid"}'));
  expect((error as Error).message).toBe(
    "initiate: flexperto's answer could not be understood: id is not as documented",
  );
});

test.each([
  ['quotes that are escaped', '\\"'],
  ['a text without end, its quotes escaped', 'undefined "\\"'],
  ['lines that a backslash ends', '"\\"\\\n'],
  ['texts one after the other', '"a"undefined'],
])('an answer of 4 MB that holds nothing but %s does not keep the worker busy', (_, words) => {
  const text = words.repeat(Math.ceil((4 * 1024 * 1024) / words.length));
  // A loop that no promise can interrupt: only this ends it.
  const parse = (): unknown =>
    runInNewContext('parse(text)', { parse: parseLenientJson, text }, { timeout: 20_000 });
  expect(parse()).toBeUndefined();
});

const LONG = 'x'.repeat(100_000);

test('texts that are too long for a history are cut, and ids that are too long are not understood', async () => {
  const document = { id: 1362, original_file_id: 'f-1', name: LONG, status: 'FAILED', failure_reason: LONG };
  const [read] = await listed(JSON.stringify([document]));
  expect(read).toMatchObject({ documentId: 1362, originalFileId: 'f-1', status: 'FAILED' });
  expect(JSON.stringify(read).length).toBeLessThan(3_000);
  for (const call of [
    () => listed(JSON.stringify([{ ...document, status: LONG }])),
    () => listed(JSON.stringify([{ ...document, original_file_id: LONG }])),
    () => listed(JSON.stringify(Array.from({ length: 2_000 }, () => ({ id: 1362 })))),
    () => attached(JSON.stringify({ status: LONG })),
    () => uploaded(JSON.stringify({ id: LONG })),
    () => uploadUrl(JSON.stringify({ url: `http://localhost/u?token=${LONG}` })),
  ])
    expect(await captureRejection(call())).toBeInstanceOf(AnswerNotUnderstoodError);
});
