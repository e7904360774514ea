import { useRealEnvironments } from '../support/real-environment.js';
import { resetBeforeCall } from '../support/reset.js';

const createEnvironment = useRealEnvironments();

/** After a reset the run before can have a call in flight for five minutes, which no option shortens. */
const TEN_MINUTES_MS = 600_000;

async function adoptAfterReset(activity: string): Promise<void> {
  const environment = await createEnvironment();
  await environment.startWorker();
  const signing = await environment.start();
  await signing.untilState('awaiting-handover');
  await resetBeforeCall(activity, environment.client, signing.handle);

  const { attention, sessionId } = await signing.untilState('needs-attention');
  expect(sessionId).toBeNull();
  expect(attention).toMatchObject({ step: 'initiate', actions: ['retry', 'adopt', 'abort'] });
  expect(attention?.reason).toContain('Temporal has restarted this signing');
  const initiated = (): number =>
    environment.fake.ledger.entries().filter(({ call }) => call === 'initiate').length;
  expect(initiated()).toBe(1);
  const [session] = environment.fake.sessions();
  environment.fake.remove(session?.id ?? 0);
  await signing.resolve({ action: 'adopt', sessionId: session?.id });
  await signing.untilState('awaiting-handover');
  expect(initiated()).toBe(1);
}

it(
  'A signing that an operator resets to its start or to initiate goes on in the contract session that an operator adopts',
  async () => {
    await Promise.all(['checkDocuments', 'initiateSession'].map(adoptAfterReset));
  },
  TEN_MINUTES_MS,
);
