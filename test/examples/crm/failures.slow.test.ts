import { CONTRACT, setUpBrowser, type CrmPage } from './crm-page.js';
import {
  KEY,
  startScriptedCrm,
  createStatusAnswer,
  UPLOAD_ANSWER,
  type ScriptedCrm,
} from './scripted-gateway.js';

const QUESTION = {
  id: 'initiate-1',
  step: 'initiate',
  reason: 'the answer was lost',
  actions: ['retry', 'adopt', 'abort'],
  since: '2030-01-01T00:00:00.000Z',
};

describe('What goes wrong is a sentence on the page, with a way on', () => {
  const open = setUpBrowser();
  let scripted: ScriptedCrm;
  let desk: CrmPage;

  beforeEach(async () => {
    scripted = await startScriptedCrm();
    scripted.answers['GET /signings'] = { status: 200, body: { signings: [], nextCursor: null } };
    desk = await open(scripted.crm.url);
  });
  afterEach(() => scripted.close());

  const send = async (): Promise<void> => {
    await desk.chooseFiles(CONTRACT);
    await desk.button('Send for signature').click();
  };

  test('a gateway that is away while a PDF is chosen: the document can be tried again', async () => {
    scripted.answers['POST /documents'] = { status: 503, problem: 'no-server', detail: 'away' };
    await desk.chooseFiles(CONTRACT);
    await desk.waitForText('contract.pdf could not be looked at. The signing service does not answer at the moment. It was not sent.');
    scripted.answers['POST /documents'] = UPLOAD_ANSWER;
    await desk.button('Try again: contract.pdf').click();
    await desk.waitForText('2 pages · 1 signature field');
    expect(await desk.button('Send for signature').isEnabled()).toBe(true);
  }); // prettier-ignore

  test('too many starts: the page says when to try again and keeps what was chosen', async () => {
    scripted.answers['POST /signings'] = { status: 429, problem: 'too-many-starts', detail: 'later', headers: { 'retry-after': '600' } };
    await send();
    await desk.waitForText('You have started as many signings as one employee may within an hour.');
    await desk.waitForText(/You can send again at \d\d:\d\d:\d\d; what you have chosen stays here\./);
    await desk.waitForText('Nothing was sent.');
    expect(await desk.button('Send for signature').isEnabled()).toBe(true);
  }); // prettier-ignore

  test('a refused key is for the administrator, and nothing was sent', async () => {
    scripted.answers['POST /signings'] = { status: 401, problem: 'unauthorized', detail: 'no' };
    await send();
    await desk.waitForText('Please tell your administrator: the key is not accepted.');
    await desk.waitForText('Nothing was sent.');
  });

  test('a refused request names the customer’s field and the document', async () => {
    const errors = [
      { pointer: '/participants/0/mobile', detail: 'must be a mobile number' },
      { pointer: '/documents/0', detail: 'is gone' },
    ];
    scripted.answers['POST /signings'] = { status: 400, problem: 'invalid-request', detail: 'wrong', errors };
    await send();
    await desk.waitForText('The customer’s mobile number must be a mobile number.');
    await desk.waitForText('“contract.pdf” is gone.');
  });

  test('after a refusal a press of the button is another one, after an unclear answer it is the same', async () => {
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
    await desk.waitForText('Nothing was sent.');
    scripted.answers['POST /signings'] = { status: 503, problem: 'no-server', detail: 'away' };
    await desk.button('Send for signature').click();
    await desk.waitForText('It is not certain whether your documents were sent.');
    const [refused, ...unclear] = sent();
    expect(new Set(unclear).size).toBe(1);
    expect(unclear[0]).not.toBe(refused);
    expect(unclear).toHaveLength(3);
  });

  test('the same press with another content leads to what was sent', async () => {
    scripted.answers['POST /signings'] = { status: 409, problem: 'conflict', detail: 'in use' };
    await send();
    await desk.waitForText('Something else was sent already by the same press of the button.');
    await desk.button('Show what was sent').click();
    expect(desk.requestId()).not.toBe('');
  });

  test('a signing whose request was at fault says why, and leads back to the form', async () => {
    const rejected = { status: 422, problem: 'rejected', detail: 'contract.pdf is gone.' };
    scripted.answers['GET /signings/one'] = rejected;
    scripted.answers['GET /signings/one/events'] = rejected;
    await desk.page.goto(`${scripted.crm.url}?signing=one`);
    await desk.waitForText('This was not sent, since something in it is wrong.');
    await desk.waitForText('contract.pdf is gone.');
    await desk.button('Send something else').click();
    await desk.waitForText('Choose at least one PDF.');
  });

  test('a question that two signings have alike is asked for each of them', async () => {
    const attention = QUESTION;
    const signings = ['one', 'two'].map((requestId) => ({ requestId, state: 'needs-attention', terminated: false, method: 'aes', startedAt: '2030-01-01T00:00:00.000Z' }));
    scripted.answers['GET /signings'] = { status: 200, body: { signings, nextCursor: null } };
    for (const id of ['one', 'two']) scripted.answers[`GET /signings/${id}`] = createStatusAnswer(id, { state: 'needs-attention', attention });
    await desk.page.goto(`${scripted.crm.url}?signing=one`);
    await desk.waitForText('What is asked of you');
    await desk.page.locator('#earlier-list a').last().click();
    await desk.page.waitForURL(/signing=two/);
    await desk.waitForText('What is asked of you');
  }); // prettier-ignore

  test('a decision names the question that is shown, and what the service says against it stands on the page', async () => {
    const detail = 'Too early for a retry: send retry from 2030-01-01 00:02:00 UTC on; adopt and abort are possible now.';
    scripted.answers['GET /signings/one'] = createStatusAnswer('one', { state: 'needs-attention', attention: QUESTION });
    scripted.answers['POST /signings/one/resolve'] = { status: 409, problem: 'not-possible', detail };
    await desk.page.goto(`${scripted.crm.url}?signing=one`);
    await desk.button('Create it now').click();
    await desk.page.getByRole('dialog').getByRole('button', { name: 'Create it now' }).click();
    await desk.waitForText(detail);
    const sent = scripted.calls.find(({ call }) => call === 'POST /signings/one/resolve');
    expect(JSON.parse(sent?.body ?? '')).toEqual({ attentionId: QUESTION.id, action: 'retry' });
  }); // prettier-ignore

  test('a connection that breaks off is said and made again, with the last state left on the page', async () => {
    const status = createStatusAnswer('one');
    const away = { status: 503, problem: 'no-server', detail: 'away' };
    const events = `event: status\nid: 1\ndata: ${JSON.stringify(status.body)}\n\n`;
    const stream = { status: 200, headers: { 'content-type': 'text/event-stream' }, body: `retry: 100\n\n${events}` };
    Object.assign(scripted.answers, { 'GET /signings/one': status, 'GET /signings/one/events': stream });
    await desk.page.goto(`${scripted.crm.url}?signing=one`);
    await desk.waitForText('John Doe has the documents and can sign them.');

    Object.assign(scripted.answers, { 'GET /signings/one': away, 'GET /signings/one/events': away });
    await desk.waitForText('The signing service does not answer at the moment. What you see is the state of a moment ago.');
    await desk.waitForText('John Doe has the documents and can sign them.');
    Object.assign(scripted.answers, { 'GET /signings/one': createStatusAnswer('one', { state: 'completed' }), 'GET /signings/one/events': stream });
    scripted.answers['GET /signings/one/events'] = { ...stream, body: stream.body.replace('awaiting-signature', 'completed') };
    await desk.waitForText('Done: John Doe has signed.');
    expect(await desk.page.locator('#connection-problem').isHidden()).toBe(true);
  }); // prettier-ignore

  test('texts from elsewhere are texts: markup in them stays what it is', async () => {
    const name = '<img src=x onerror=alert(1)>.pdf';
    const document = { name, bytes: 1, sha256: 'a', signatureFields: 'required', fileId: 'f', documentId: 1, status: '<b>NEW</b>', failureReason: '<script>alert(1)</script>' };
    const status = createStatusAnswer('one', { state: 'failed', name: '<h1>Account</h1>', documents: [document] });
    scripted.answers['GET /signings/one'] = status;
    await desk.page.goto(`${scripted.crm.url}?signing=one`);
    for (const text of [name, '<b>NEW</b>', '<script>alert(1)</script>', '<h1>Account</h1>']) await desk.waitForText(text);
    expect(await desk.page.locator('main img, main b').count()).toBe(0);
  }); // prettier-ignore

  test('the key of the gateway never reaches the browser', async () => {
    const seen: Promise<string>[] = [];
    desk.page.on('response', (response) => seen.push(response.text().catch(() => '')));
    scripted.answers['POST /signings'] = { status: 401, problem: 'unauthorized', detail: 'no' };
    await desk.page.reload();
    await send();
    await desk.waitForText('Nothing was sent.');
    expect(seen.length).toBeGreaterThan(10);
    expect((await Promise.all(seen)).join('')).not.toContain(KEY);
    expect(scripted.calls.every(({ headers }) => headers.authorization === `Bearer ${KEY}`)).toBe(true);
  });
});
