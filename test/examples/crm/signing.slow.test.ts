import { randomUUID } from 'node:crypto';
import { startStack, type Stack } from '../../../scripts/processes/stack.js';
import { CONTRACT, setUpBrowser, ENCRYPTED, TERMS, WITHOUT_FIELDS, type CrmPage } from './crm-page.js';

describe('An employee sends documents for signature from the page of a CRM', () => {
  const open = setUpBrowser();
  let stack: Stack;
  let desk: CrmPage;
  let before = 0;

  beforeAll(async () => {
    stack = await startStack({ pollSeconds: 0.3 });
  });
  afterAll(() => stack.stop());
  beforeEach(async () => {
    before = initiations();
    desk = await open(stack.crm.url);
  });

  const initiations = (): number =>
    stack.fake.ledger.entries().filter(({ call }) => call === 'initiate').length;
  /** How often a contract session was asked for in this test. */
  const initiated = (): number => initiations() - before;
  const session = () => stack.fake.sessions().at(-1);
  const sessionId = (): number => session()?.id ?? 0;
  /** Sends the contract and waits until it is the employee's turn again. */
  const send = async (): Promise<void> => {
    await desk.chooseFiles(CONTRACT);
    await desk.button('Send for signature').click();
    await desk.waitForText('It is your turn');
  };

  test('from the button to the signature, with each step in words and the callbacks beside it', async () => {
    await desk.chooseFiles(CONTRACT, TERMS);
    await desk.waitForText('2 pages · 1 signature field');
    await desk.button('Move down: contract.pdf').click();
    await desk.page.getByLabel('Enclosed for information').nth(1).check();
    await desk.page.getByLabel('Subject').fill('Account for everyday life');
    await desk.button('Send for signature').click();

    await desk.waitForText('It is your turn');
    const popup = desk.page.waitForEvent('popup');
    await desk.page.getByRole('link', { name: 'flexperto Dashboard' }).last().click();
    const dashboard = await popup;
    await dashboard.getByRole('button', { name: 'Hand over: Account for everyday life' }).click();
    await desk.waitForText('John Doe has the documents and can sign them.');
    await dashboard.getByRole('button', { name: 'Sign all: Account for everyday life' }).click();
    await desk.waitForText('Done: John Doe has signed.');
    await desk.waitForText('All signatures have been given.');

    const told = await desk.page.locator('#told-list li span').allTextContents();
    expect(told).toEqual(['The documents wait for your hand-over.', 'The customer can sign.', 'All signatures have been given.']);
    expect(session()?.name).toBe('Account for everyday life');
    expect(session()?.employeeId).toBe('45');
    expect(session()?.documents.map(({ name, status }) => [name, status])).toEqual([['terms.pdf', 'FINISHED'], ['contract.pdf', 'FINISHED']]);
    await desk.page.locator('#earlier-list li', { hasText: 'Signed' }).first().waitFor();
  }); // prettier-ignore

  test('a PDF without a signature field is not sent, unless as enclosed or with a qualified signature', async () => {
    await desk.chooseFiles(WITHOUT_FIELDS, CONTRACT);
    await desk.waitForText(
      'no-form.pdf-lib.pdf has no signature field, so it cannot be signed. It was not sent.',
    );
    const button = desk.button('Send for signature');
    expect(await button.isDisabled()).toBe(true);
    await desk.waitForText('“no-form.pdf-lib.pdf” cannot be sent like this, see above.');

    await desk.page.getByLabel('QES').check();
    expect(await button.isEnabled()).toBe(true);
    await desk.page.getByLabel('AES').check();
    expect(await button.isEnabled()).toBe(false);
    await desk.page.getByLabel('Enclosed for information').first().check();
    await button.click();
    await desk.waitForText('It is your turn');
    await desk.waitForText('enclosed for information');
    expect(session()?.documents).toHaveLength(2);
  });

  test('a file that nobody can sign says so in plain words, and keeps the others from being sent until it is removed', async () => {
    await desk.chooseFiles(ENCRYPTED, CONTRACT);
    await desk.waitForText(/user-password\.qpdf\.pdf is encrypted.* It was not sent\./);
    expect(await desk.page.getByLabel('Enclosed for information').count()).toBe(1);
    expect(await desk.button('Send for signature').isDisabled()).toBe(true);
    await desk.button('Remove: user-password.qpdf.pdf').click();
    expect(await desk.button('Send for signature').isEnabled()).toBe(true);
    expect(initiated()).toBe(0);
  });

  test('a double click sends once', async () => {
    await desk.chooseFiles(CONTRACT);
    await desk.button('Send for signature').dblclick();
    await desk.waitForText('It is your turn');
    expect(initiated()).toBe(1);
  });

  test('a start whose answer is lost is made again as the same one, and nothing is sent twice', async () => {
    let lost = 0;
    await desk.page.route('**/api/signings', async (route) => {
      if (route.request().method() !== 'POST' || lost > 0) return route.fallback();
      lost += 1;
      await route.fetch();
      await route.abort();
    });
    await send();
    expect(lost).toBe(1);
    expect(initiated()).toBe(1);
  });

  test('where it stays open whether it was sent, nothing can be changed, and trying again after a reload sends once', async () => {
    const unanswered = (url: URL): boolean => url.pathname === '/api/signings';
    await desk.page.route(unanswered, async (route) => {
      if (route.request().method() !== 'POST') return route.fallback();
      await route.fetch();
      await route.abort();
    });
    await desk.chooseFiles(CONTRACT);
    await desk.button('Send for signature').click();
    await desk.waitForText('It is not certain whether your documents were sent.');
    expect(await desk.page.getByLabel('Subject').isDisabled()).toBe(true);

    await desk.page.unroute(unanswered);
    await desk.page.reload();
    await desk.button('Try again').click();
    await desk.waitForText('It is your turn');
    expect(initiated()).toBe(1);
  });

  test('a reload in the middle goes on with what is chosen, and with the signing that is shown', async () => {
    await desk.chooseFiles(TERMS);
    await desk.page.reload();
    await desk.waitForText('terms.pdf');
    await desk.button('Send for signature').click();
    await desk.waitForText('It is your turn');
    const shown = desk.requestId();

    await desk.page.reload();
    await desk.waitForText('It is your turn');
    stack.fake.handOver(sessionId());
    await desk.waitForText('John Doe has the documents');
    expect(desk.requestId()).toBe(shown);
    await desk.page.goBack();
    await desk.waitForText('Choose at least one PDF.');
  });

  test('a signing can be cancelled after a question that says what this does not take back', async () => {
    await send();
    await desk.button('Cancel …').click();
    await desk.waitForText('those documents stay there');
    await desk.button('Keep it').click();
    await desk.button('Cancel …').click();
    await desk.button('Cancel the signing').click();
    await desk.waitForText(
      `The signing was cancelled. Contract session ${sessionId()} is still in flexperto`,
    );
    await desk.button('Send something else').click();
    await desk.waitForText('Choose at least one PDF.');
  });

  test('a session that needs attention goes on with the contract session whose number the Dashboard shows', async () => {
    stack.fake.faults.add({ call: 'initiate', reset: 'after' });
    await desk.chooseFiles(CONTRACT);
    await desk.button('Send for signature').click();
    await desk.waitForText('What is asked of you');
    await desk.button('Go on with this session').click();
    await desk.waitForText('Type the number that the Dashboard shows');
    await desk.page.getByLabel('Number of the contract session').fill(String(sessionId()));
    await desk.button('Go on with this session').click();
    await desk.waitForText('It is your turn');
    expect(initiated()).toBe(1);
  });

  test('an unclear creation is repeated only after the employee has confirmed that the session is not there', async () => {
    stack.fake.faults.add({ call: 'initiate', status: 500 });
    await desk.chooseFiles(CONTRACT);
    await desk.button('Send for signature').click();
    await desk.button('Create it now').click();
    await desk.waitForText('If it is there after all, the customer gets two of them.');
    expect(initiated()).toBe(1);
    await desk.page.getByRole('dialog').getByRole('button', { name: 'Create it now' }).click();
    await desk.waitForText('It is your turn');
    expect(initiated()).toBe(2);
  });

  test('an employee can give a session up, and the reason is shown with its end', async () => {
    stack.fake.faults.add({ call: 'attach', status: 403 });
    await desk.chooseFiles(CONTRACT);
    await desk.button('Send for signature').click();
    await desk.waitForText('Have this put right, then go on.');
    expect(await desk.button(/Go on/).count()).toBe(1);
    await desk.button('Give up …').click();
    await desk.page.getByLabel('Why, for those').fill('The customer has changed the mind');
    await desk.button('Give it up').click();
    await desk.waitForText('The signing was given up.');
    await desk.waitForText(/The customer has changed the mind/);
  });

  test('a document that fails is named with the reason of flexperto', async () => {
    await desk.chooseFiles(CONTRACT);
    await desk.page.getByLabel('VES').check();
    await desk.button('Send for signature').click();
    await desk.waitForText('It is your turn');
    stack.fake.handOver(sessionId());
    await desk.waitForText('John Doe has the documents');
    stack.fake.failIdentification(sessionId(), undefined, 'the identity card has expired');
    await desk.waitForText('The signing has failed.');
    await desk.waitForText('the identity card has expired');
  });

  test('a signing of another record is not shown', async () => {
    const other = `other-${randomUUID()}`;
    const answer = await fetch(`${stack.gateway.url}/signings`, {
      method: 'POST',
      headers: { authorization: `Bearer ${stack.gateway.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        requestId: other, employeeId: '45', name: 'Another one', method: 'aes', crmRecord: 'opportunity/0062',
        participants: [{ email: 'a@example.invalid', firstname: 'A', lastname: 'B', mobile: '+49176123456789' }],
        documents: [{ source: 'file:contract.pdf' }],
      }),
    });
    expect(answer.status).toBe(201);
    await desk.page.goto(`${stack.crm.url}?signing=${other}`);
    await desk.waitForText('There is no such signing of this record.');
    for (const call of ['cancel', 'check']) {
      const refused = await desk.page.evaluate(async (path) => (await fetch(path, { method: 'POST' })).status, `/api/signings/${other}/${call}`);
      expect(refused).toBe(404);
    }
  }); // prettier-ignore
});
