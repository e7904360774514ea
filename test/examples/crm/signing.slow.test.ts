import { randomUUID } from 'node:crypto';
import { type Stack, startStack } from '../../../scripts/processes/stack.js';
import { CONTRACT, type CrmPage, ENCRYPTED, TERMS, WITHOUT_FIELDS, setUpBrowser } from './crm-page.js';

describe('An employee sends documents for signature from the page of a CRM', () => {
  const openPage = setUpBrowser();
  let stack: Stack;
  let crmPage: CrmPage;
  let before = 0;

  beforeAll(async () => {
    stack = await startStack({ pollSeconds: 0.3 });
  });
  afterAll(() => stack.stop());
  beforeEach(async () => {
    before = initiations();
    crmPage = await openPage(stack.crm.url);
  });

  const initiations = (): number =>
    stack.fake.ledger.entries().filter(({ call }) => call === 'initiate').length;
  /** How many contract sessions this test has asked for. */
  const initiated = (): number => initiations() - before;
  const session = () => stack.fake.sessions().at(-1);
  const sessionId = (): number => session()?.id ?? 0;
  /** Sends the contract and waits until it is the employee's turn again. */
  const send = async (): Promise<void> => {
    await crmPage.chooseFiles(CONTRACT);
    await crmPage.button('Send for signature').click();
    await crmPage.waitForText('It is your turn');
  };

  test('from the button to the signature, with each state in a sentence and the callbacks beside it', async () => {
    await crmPage.chooseFiles(CONTRACT, TERMS);
    await crmPage.waitForText('2 pages · 1 signature field');
    await crmPage.button('Move down: contract.pdf').click();
    await crmPage.page.getByLabel('Enclosed for information').nth(1).check();
    await crmPage.page.getByLabel('Subject').fill('Account for everyday life');
    await crmPage.button('Send for signature').click();

    await crmPage.waitForText('It is your turn');
    const popup = crmPage.page.waitForEvent('popup');
    await crmPage.page.getByRole('link', { name: 'flexperto Dashboard' }).last().click();
    const dashboard = await popup;
    await dashboard.getByRole('button', { name: 'Hand over: Account for everyday life' }).click();
    await crmPage.waitForText('John Doe has the documents and can sign them.');
    await dashboard.getByRole('button', { name: 'Sign all: Account for everyday life' }).click();
    await crmPage.waitForText('Done: John Doe has signed.');
    await crmPage.waitForText('All signatures have been given.');

    const updates = await crmPage.page.locator('#callbacks-list li span').allTextContents();
    expect(updates).toEqual(['The documents wait for your hand-over.', 'The customer can sign.', 'All signatures have been given.']);
    expect(session()?.name).toBe('Account for everyday life');
    expect(session()?.employeeId).toBe('45');
    expect(session()?.documents.map(({ name, status }) => [name, status])).toEqual([['terms.pdf', 'FINISHED'], ['contract.pdf', 'FINISHED']]);
    await crmPage.page.locator('#signings-list li', { hasText: 'Signed' }).first().waitFor();
  }); // prettier-ignore

  test('a PDF without a signature field is not sent, unless as enclosed or with a qualified signature', async () => {
    await crmPage.chooseFiles(WITHOUT_FIELDS, CONTRACT);
    await crmPage.waitForText(
      'no-form.pdf-lib.pdf has no signature field, so it cannot be signed. It was not sent.',
    );
    const button = crmPage.button('Send for signature');
    expect(await button.isDisabled()).toBe(true);
    await crmPage.waitForText('“no-form.pdf-lib.pdf” cannot be sent: see above.');

    await crmPage.page.getByLabel('QES').check();
    expect(await button.isEnabled()).toBe(true);
    await crmPage.page.getByLabel('AES').check();
    expect(await button.isEnabled()).toBe(false);
    await crmPage.page.getByLabel('Enclosed for information').first().check();
    await button.click();
    await crmPage.waitForText('It is your turn');
    await crmPage.waitForText('enclosed for information');
    expect(session()?.documents).toHaveLength(2);
  });

  test('the page says why nobody can sign a file, and sends no other document until that file is removed', async () => {
    await crmPage.chooseFiles(ENCRYPTED, CONTRACT);
    await crmPage.waitForText(/user-password\.qpdf\.pdf is encrypted.* It was not sent\./);
    expect(await crmPage.page.getByLabel('Enclosed for information').count()).toBe(1);
    expect(await crmPage.button('Send for signature').isDisabled()).toBe(true);
    await crmPage.button('Remove: user-password.qpdf.pdf').click();
    expect(await crmPage.button('Send for signature').isEnabled()).toBe(true);
    expect(initiated()).toBe(0);
  });

  test('a double click sends once', async () => {
    await crmPage.chooseFiles(CONTRACT);
    await crmPage.button('Send for signature').dblclick();
    await crmPage.waitForText('It is your turn');
    expect(initiated()).toBe(1);
  });

  test('the page repeats a start whose answer was lost under the same requestId, and sends nothing twice', async () => {
    let lost = 0;
    await crmPage.page.route('**/api/signings', async (route) => {
      if (route.request().method() !== 'POST' || lost > 0) return route.fallback();
      lost += 1;
      await route.fetch();
      await route.abort();
    });
    await send();
    expect(lost).toBe(1);
    expect(initiated()).toBe(1);
  });

  test('after a start with an unknown outcome the form is locked, and a retry after a reload sends once', async () => {
    const unanswered = (url: URL): boolean => url.pathname === '/api/signings';
    await crmPage.page.route(unanswered, async (route) => {
      if (route.request().method() !== 'POST') return route.fallback();
      await route.fetch();
      await route.abort();
    });
    await crmPage.chooseFiles(CONTRACT);
    await crmPage.button('Send for signature').click();
    await crmPage.waitForText('It is not certain whether your documents were sent.');
    expect(await crmPage.page.getByLabel('Subject').isDisabled()).toBe(true);

    await crmPage.page.unroute(unanswered);
    await crmPage.page.reload();
    await crmPage.button('Try again').click();
    await crmPage.waitForText('It is your turn');
    expect(initiated()).toBe(1);
  });

  test('a reload keeps the chosen documents, and later the signing on the page', async () => {
    await crmPage.chooseFiles(TERMS);
    await crmPage.page.reload();
    await crmPage.waitForText('terms.pdf');
    await crmPage.button('Send for signature').click();
    await crmPage.waitForText('It is your turn');
    const shown = crmPage.requestId();

    await crmPage.page.reload();
    await crmPage.waitForText('It is your turn');
    stack.fake.handOver(sessionId());
    await crmPage.waitForText('John Doe has the documents');
    expect(crmPage.requestId()).toBe(shown);
    await crmPage.page.goBack();
    await crmPage.waitForText('Choose at least one PDF.');
  });

  test('the page asks before a cancellation and says what stays at flexperto', async () => {
    await send();
    await crmPage.button('Cancel …').click();
    await crmPage.waitForText('The documents at flexperto stay there');
    await crmPage.button('Keep it').click();
    await crmPage.button('Cancel …').click();
    await crmPage.button('Cancel the signing').click();
    await crmPage.waitForText(
      `The signing was cancelled. Contract session ${sessionId()} is still in flexperto`,
    );
    await crmPage.button('Send something else').click();
    await crmPage.waitForText('Choose at least one PDF.');
  });

  test('an employee continues a signing with the number of the contract session from the Dashboard', async () => {
    stack.fake.faults.add({ call: 'initiate', reset: 'after' });
    await crmPage.chooseFiles(CONTRACT);
    await crmPage.button('Send for signature').click();
    await crmPage.waitForText('Your decision is needed');
    await crmPage.button('Continue with this contract session').click();
    await crmPage.waitForText('Type the number that the Dashboard shows');
    await crmPage.page.getByLabel('Number of the contract session').fill(String(sessionId()));
    await crmPage.button('Continue with this contract session').click();
    await crmPage.waitForText('It is your turn');
    expect(initiated()).toBe(1);
  });

  test('the page repeats a creation with an unknown outcome only after the employee confirms that no contract session exists', async () => {
    stack.fake.faults.add({ call: 'initiate', status: 500 });
    await crmPage.chooseFiles(CONTRACT);
    await crmPage.button('Send for signature').click();
    await crmPage.button('Create it now').click();
    await crmPage.waitForText('If it exists after all, the customer gets two of them.');
    expect(initiated()).toBe(1);
    await crmPage.page.getByRole('dialog').getByRole('button', { name: 'Create it now' }).click();
    await crmPage.waitForText('It is your turn');
    expect(initiated()).toBe(2);
  });

  test('an employee can give up a signing, and the page shows the reason', async () => {
    stack.fake.faults.add({ call: 'attach', status: 403 });
    await crmPage.chooseFiles(CONTRACT);
    await crmPage.button('Send for signature').click();
    await crmPage.waitForText('Have this fixed, then continue.');
    expect(await crmPage.button(/Continue/).count()).toBe(1);
    await crmPage.button('Give up …').click();
    await crmPage.page.getByLabel('Reason, for the record').fill('The customer has changed the mind');
    await crmPage.button('Give it up').click();
    await crmPage.waitForText('The signing was given up.');
    await crmPage.waitForText(/The customer has changed the mind/);
  });

  test('the page names a failed document with the reason from flexperto', async () => {
    await crmPage.chooseFiles(CONTRACT);
    await crmPage.page.getByLabel('VES').check();
    await crmPage.button('Send for signature').click();
    await crmPage.waitForText('It is your turn');
    stack.fake.handOver(sessionId());
    await crmPage.waitForText('John Doe has the documents');
    stack.fake.failIdentification(sessionId(), undefined, 'the identity card has expired');
    await crmPage.waitForText('The signing has failed.');
    await crmPage.waitForText('the identity card has expired');
  });

  test('the page does not show a signing of another record', async () => {
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
    await crmPage.page.goto(`${stack.crm.url}?signing=${other}`);
    await crmPage.waitForText('There is no such signing of this record.');
    for (const call of ['cancel', 'check']) {
      const refused = await crmPage.page.evaluate(async (path) => (await fetch(path, { method: 'POST' })).status, `/api/signings/${other}/${call}`);
      expect(refused).toBe(404);
    }
  }); // prettier-ignore
});
