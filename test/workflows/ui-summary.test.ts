import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { ProxyConfig } from '../../src/shared/http/proxy-config.js';
import type { Signing } from '../support/signing.js';
import { useTimeSkippingEnvironments } from '../support/time-skipping-environment.js';

const createEnvironment = useTimeSkippingEnvironments();

/** A proxy that never listens. */
async function startMissingProxy(): Promise<{ proxies: ProxyConfig; mend: () => void }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  const proxy = { isSecure: false, hostname: '127.0.0.1', port, authorization: undefined };
  let missing = true;
  return { proxies: { proxyFor: () => (missing ? proxy : undefined) }, mend: () => void (missing = false) };
}

/** The cells of the table rows of a page in Markdown. */
function readTableCells(page: string): string[][] {
  const rows = page.split('\n').filter((line) => line.startsWith('| '));
  return rows.map((row) => row.slice(2, -2).split(' | '));
}

async function readSummary({ handle }: Signing): Promise<string> {
  const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
  return currentDetails;
}

it('A signing that cannot connect for an hour says why on its page and by a query, and goes on automatically', async () => {
  const { proxies, mend } = await startMissingProxy();
  const { start, advanceTime } = await createEnvironment({ client: { proxies } });
  const signing = await start();
  await signing.untilState('initiating');
  await advanceTime(3_700);
  const why =
    'initiate: the request was not sent, no connection to flexperto (no connection to the proxy: ECONNREFUSED)';
  expect(await signing.handle.query('lastFailure')).toBe(why);
  expect(await readSummary(signing)).toContain(`**Retrying automatically:** ${why}`);
  expect(await signing.status()).toMatchObject({ state: 'initiating', attention: null });

  mend();
  await signing.untilState('awaiting-handover');
  expect(await signing.handle.query('lastFailure')).toBeNull();
  expect(await readSummary(signing)).not.toContain('Retried');
});

it('The tables of a page show a document a row and a fact a row, with a gap that the Temporal UI keeps', async () => {
  const { start } = await createEnvironment();
  const signing = await start({ crmRecord: null });
  await signing.untilState('awaiting-handover');
  const rows = readTableCells(await readSummary(signing));
  const gap = '\u00a0'.repeat(4);
  expect(rows.map(([first]) => first?.replace(gap, ''))).toEqual([
    ...['Document', 'contract.pdf', 'terms.pdf'],
    ...['', '**Contract session**', '**Method**', '**Employee**', '**Deadline**'],
  ]);
  expect(rows.flat().filter((cell) => cell !== '' && !cell.endsWith(gap))).toEqual([]);
});
