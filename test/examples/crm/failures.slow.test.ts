import { CONTRACT, type CrmPage, setUpBrowser } from './crm-page.js';
import {
  KEY,
  type ScriptedCrm,
  UPLOAD_ANSWER,
  createStatusAnswer,
  startScriptedCrm,
} from './scripted-gateway.js';

const QUESTION = {
  id: 'initiate-1',
  step: 'initiate',
  reason: 'the answer was lost',
  actions: ['retry', 'adopt', 'abort'],
  since: '2030-01-01T00:00:00.000Z',
};

describe('The page describes each problem in a sentence and offers the next step', () => {
  const openPage = setUpBrowser();
  let scripted: ScriptedCrm;
  let crmPage: CrmPage;

  beforeEach(async () => {
    scripted = await startScriptedCrm();
    scripted.answers['GET /signings'] = { status: 200, body: { signings: [], nextCursor: null } };
    crmPage = await openPage(scripted.crm.url);
  });
  afterEach(() => scripted.close());

  const send = async (): Promise<void> => {
    await crmPage.chooseFiles(CONTRACT);
    await crmPage.button('Send for signature').click();
  };

  test('an employee can retry the upload of a PDF after an outage of the gateway', async () => {
    scripted.answers['POST /documents'] = { status: 503, problem: 'no-server', detail: 'away' };
    await crmPage.chooseFiles(CONTRACT);
    await crmPage.waitForText('contract.pdf could not be checked. The signing service does not answer at the moment. It was not sent.');
    scripted.answers['POST /documents'] = UPLOAD_ANSWER;
    await crmPage.button('Try again: contract.pdf').click();
    await crmPage.waitForText('2 pages · 1 signature field');
    expect(await crmPage.button('Send for signature').isEnabled()).toBe(true);
  }); // prettier-ignore

  test('after too many starts the page says when to try again and keeps the documents', async () => {
    scripted.answers['POST /signings'] = { status: 429, problem: 'too-many-starts', detail: 'later', headers: { 'retry-after': '600' } };
    await send();
    await crmPage.waitForText('You have reached the hourly limit of signings.');
    await crmPage.waitForText(/You can send again at \d\d:\d\d:\d\d; your documents stay here\./);
    await crmPage.waitForText('Nothing was sent.');
    expect(await crmPage.button('Send for signature').isEnabled()).toBe(true);
  }); // prettier-ignore

  test('the page refers a rejected key to the administrator', async () => {
    scripted.answers['POST /signings'] = { status: 401, problem: 'unauthorized', detail: 'no' };
    await send();
    await crmPage.waitForText(
      'The signing service does not accept the key of the CRM. Please tell your administrator.',
    );
    await crmPage.waitForText('Nothing was sent.');
  });

  test('the page names the invalid field of the customer and the document', async () => {
    const errors = [
      { pointer: '/participants/0/mobile', detail: 'must be a mobile number' },
      { pointer: '/documents/0', detail: 'is gone' },
    ];
    scripted.answers['POST /signings'] = { status: 400, problem: 'invalid-request', detail: 'wrong', errors };
    await send();
    await crmPage.waitForText('The customer’s mobile number must be a mobile number.');
    await crmPage.waitForText('“contract.pdf” is gone.');
  });

  test('a click after a rejection gets a new requestId, a click after an unknown outcome keeps the old one', async () => {
    const sent = (): string[] =>
      scripted.calls
        .filter(({ call }) => call === 'POST /signings')
        .map(({ body }) => (JSON.parse(body) as { requestId: string }).requestId);
    scripted.answers['POST /signings'] = {
      status: 400,
      problem: 'invalid-request',
      detail: 'wrong',
      errors: [],
    };
    await send();
    await crmPage.waitForText('Nothing was sent.');
    scripted.answers['POST /signings'] = { status: 503, problem: 'no-server', detail: 'away' };
    await crmPage.button('Send for signature').click();
    await crmPage.waitForText('It is not certain whether your documents were sent.');
    const [rejected, ...repeated] = sent();
    expect(new Set(repeated).size).toBe(1);
    expect(repeated[0]).not.toBe(rejected);
    expect(repeated).toHaveLength(3);
  });

  test('the page leads to the signing that was sent under the same requestId', async () => {
    scripted.answers['POST /signings'] = { status: 409, problem: 'conflict', detail: 'in use' };
    await send();
    await crmPage.waitForText('This click has already sent something else.');
    await crmPage.button('Show what was sent').click();
    expect(crmPage.requestId()).not.toBe('');
  });

  test('the page says why a request was rejected, and leads back to the form', async () => {
    const rejected = { status: 422, problem: 'rejected', detail: 'contract.pdf is gone.' };
    scripted.answers['GET /signings/one'] = rejected;
    scripted.answers['GET /signings/one/events'] = rejected;
    await crmPage.page.goto(`${scripted.crm.url}?signing=one`);
    await crmPage.waitForText('The signing service rejected the request. Nothing was sent.');
    await crmPage.waitForText('contract.pdf is gone.');
    await crmPage.button('Send something else').click();
    await crmPage.waitForText('Choose at least one PDF.');
  });

  test('the page asks the same question for each of two signings', async () => {
    const attention = QUESTION;
    const signings = ['one', 'two'].map((requestId) => ({ requestId, state: 'needs-attention', terminated: false, method: 'aes', startedAt: '2030-01-01T00:00:00.000Z' }));
    scripted.answers['GET /signings'] = { status: 200, body: { signings, nextCursor: null } };
    for (const id of ['one', 'two']) scripted.answers[`GET /signings/${id}`] = createStatusAnswer(id, { state: 'needs-attention', attention });
    await crmPage.page.goto(`${scripted.crm.url}?signing=one`);
    await crmPage.waitForText('Your decision is needed');
    await crmPage.page.locator('#signings-list a').last().click();
    await crmPage.page.waitForURL(/signing=two/);
    await crmPage.waitForText('Your decision is needed');
  }); // prettier-ignore

  test('a decision names the question on the page, and the page shows why the service rejects it', async () => {
    const detail = 'Too early for a retry: send retry from 2030-01-01 00:02:00 UTC on; adopt and abort are possible now.';
    scripted.answers['GET /signings/one'] = createStatusAnswer('one', { state: 'needs-attention', attention: QUESTION });
    scripted.answers['POST /signings/one/resolve'] = { status: 409, problem: 'not-possible', detail };
    await crmPage.page.goto(`${scripted.crm.url}?signing=one`);
    await crmPage.button('Create it now').click();
    await crmPage.page.getByRole('dialog').getByRole('button', { name: 'Create it now' }).click();
    await crmPage.waitForText(detail);
    const sent = scripted.calls.find(({ call }) => call === 'POST /signings/one/resolve');
    expect(JSON.parse(sent?.body ?? '')).toEqual({ attentionId: QUESTION.id, action: 'retry' });
  }); // prettier-ignore

  test('the page reports a lost connection, keeps the last state, and connects again', async () => {
    const status = createStatusAnswer('one');
    const away = { status: 503, problem: 'no-server', detail: 'away' };
    const events = `event: status\nid: 1\ndata: ${JSON.stringify(status.body)}\n\n`;
    const stream = { status: 200, headers: { 'content-type': 'text/event-stream' }, body: `retry: 100\n\n${events}` };
    Object.assign(scripted.answers, { 'GET /signings/one': status, 'GET /signings/one/events': stream });
    await crmPage.page.goto(`${scripted.crm.url}?signing=one`);
    await crmPage.waitForText('John Doe has the documents and can sign them.');

    Object.assign(scripted.answers, { 'GET /signings/one': away, 'GET /signings/one/events': away });
    await crmPage.waitForText('The signing service does not answer at the moment. You see the last known state.');
    await crmPage.waitForText('John Doe has the documents and can sign them.');
    Object.assign(scripted.answers, { 'GET /signings/one': createStatusAnswer('one', { state: 'completed' }), 'GET /signings/one/events': stream });
    scripted.answers['GET /signings/one/events'] = { ...stream, body: stream.body.replace('awaiting-signature', 'completed') };
    await crmPage.waitForText('Done: John Doe has signed.');
    expect(await crmPage.page.locator('#connection-problem').isHidden()).toBe(true);
  }); // prettier-ignore

  test('the page shows markup in foreign texts as text', async () => {
    const name = '<img src=x onerror=alert(1)>.pdf';
    const document = { name, bytes: 1, sha256: 'a', signatureFields: 'required', fileId: 'f', documentId: 1, status: '<b>NEW</b>', failureReason: '<script>alert(1)</script>' };
    const status = createStatusAnswer('one', { state: 'failed', name: '<h1>Account</h1>', documents: [document] });
    scripted.answers['GET /signings/one'] = status;
    await crmPage.page.goto(`${scripted.crm.url}?signing=one`);
    for (const text of [name, '<b>NEW</b>', '<script>alert(1)</script>', '<h1>Account</h1>']) await crmPage.waitForText(text);
    expect(await crmPage.page.locator('main img, main b').count()).toBe(0);
  }); // prettier-ignore

  test('the key of the gateway never reaches the browser', async () => {
    const seen: Promise<string>[] = [];
    crmPage.page.on('response', (response) => seen.push(response.text().catch(() => '')));
    scripted.answers['POST /signings'] = { status: 401, problem: 'unauthorized', detail: 'no' };
    await crmPage.page.reload();
    await send();
    await crmPage.waitForText('Nothing was sent.');
    expect(seen.length).toBeGreaterThan(10);
    expect((await Promise.all(seen)).join('')).not.toContain(KEY);
    expect(scripted.calls.every(({ headers }) => headers.authorization === `Bearer ${KEY}`)).toBe(true);
  });
});
