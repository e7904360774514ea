/**
 * `node scripts/run.mjs scripts/screenshots`: makes docs/images/ again from the example CRM, the Temporal UI and the
 * fake's Dashboard, with signings in typical states.
 */
import { Client, Connection } from '@temporalio/client';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { type SigningClient, type SigningStatus, createSigningClient } from '../src/client/index.js';
import { takeCrmScreenshots } from './crm-screenshots.js';
import { type ProcessLifecycle, runWithCleanup } from './processes/process-lifecycle.js';
import { type Stack, startStack } from './processes/stack.js';
import { launchChromium } from './tools/chromium.js';

const IMAGES = path.resolve(__dirname, '../../docs/images');
const VIEWPORT = { width: 1400, height: 900 };
/** The key under which the Temporal UI stores the columns of its list, by namespace. */
const COLUMNS_KEY = 'namespace-workflow-table-columns';
const COLUMNS = ['Status', 'Workflow ID', 'SigningState', 'SigningMethod', 'EmployeeId', 'CrmRecord', 'FlexpertoSessionId', 'SigningDeadline']; // prettier-ignore

async function takeScreenshots(lifecycle: ProcessLifecycle): Promise<void> {
  const browser = await launchChromium();
  lifecycle.addCleanup(() => browser.close());
  const stack = await startStack({ pollSeconds: 1 });
  lifecycle.addCleanup(() => stack.stop());
  const connection = await Connection.connect({ address: stack.temporal.address });
  lifecycle.addCleanup(() => connection.close());
  mkdirSync(IMAGES, { recursive: true });
  await createSignings(stack, createSigningClient(new Client({ connection })));
  await takeTemporalScreenshots(await browser.newPage({ viewport: VIEWPORT }), stack);
  await takeCrmScreenshots(browser, stack, IMAGES);
}

/** One signing completed, one awaiting signature, one awaiting hand-over, one that needs attention, one failed. */
async function createSignings({ fake }: Stack, signings: SigningClient): Promise<void> {
  const runUntilState = async (
    requestId: string,
    method: string,
    state: SigningStatus['state'],
  ): Promise<number> => {
    await signings.start(createRequest(requestId, method));
    for (;;) {
      const status = await signings.status(requestId);
      if (status.state === state) return status.sessionId ?? 0;
      await wait(100);
    }
  };
  fake.handOver(await runUntilState('crm-4711', 'aes', 'awaiting-handover'));
  fake.sign(13);
  const failing = await runUntilState('crm-4712', 'ves', 'awaiting-handover');
  fake.handOver(failing);
  fake.failIdentification(failing, undefined, 'the identity card has expired');
  await runUntilState('crm-4713', 'aes', 'awaiting-handover');
  fake.handOver(await runUntilState('crm-4714', 'qes', 'awaiting-handover'));
  fake.faults.add({ call: 'initiate', reset: 'after' });
  await runUntilState('crm-4715', 'aes', 'needs-attention');
  await wait(4_000);
}

function createRequest(requestId: string, method: string) {
  return {
    requestId,
    employeeId: '45',
    name: `Account opening ${requestId.slice(-4)}`,
    method,
    participants: [
      { email: 'john.doe@example.invalid', firstname: 'John', lastname: 'Doe', mobile: '+49176123456789' },
    ],
    documents: [{ source: 'file:contract.pdf' }, { source: 'file:terms.pdf' }],
    crmRecord: `opportunity/${requestId.slice(-4)}`,
  };
}

async function takeTemporalScreenshots(page: Page, { temporal, fake }: Stack): Promise<void> {
  const workflows = `${temporal.uiUrl ?? ''}/namespaces/default/workflows`;
  const columns = JSON.stringify({ default: COLUMNS.map((label) => ({ label, pinned: false })) });
  await page.addInitScript(`localStorage.setItem('${COLUMNS_KEY}', ${JSON.stringify(columns)})`);
  const takeScreenshot = async (name: string, url: string, prepare?: () => Promise<void>): Promise<void> => {
    await page.goto(url);
    await prepare?.();
    // The UI polls without end, so no event shows that it is ready.
    await wait(4_000);
    await page.screenshot({ path: path.join(IMAGES, `${name}.png`) });
    process.stdout.write(`docs/images/${name}.png\n`);
  };
  const openDetails = () => page.getByText('User Metadata', { exact: true }).click();
  await takeScreenshot(
    'sessions',
    `${workflows}?query=${encodeURIComponent('WorkflowType = "signingSession"')}`,
  );
  await takeScreenshot('session-awaiting-signature', `${workflows}/signing-crm-4714`, openDetails);
  await takeScreenshot('session-needs-attention', `${workflows}/signing-crm-4715`, openDetails);
  await takeScreenshot('session-timeline', `${workflows}/signing-crm-4711`, () =>
    page.getByText('Timeline', { exact: true }).first().click(),
  );
  await takeScreenshot('dashboard', `${fake.url}/`);
}

void runWithCleanup(takeScreenshots, { whenInterrupted: 130 });
