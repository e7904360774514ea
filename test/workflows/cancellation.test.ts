import type { Call } from '../../fake-flexperto/index.js';
import { waitUntil } from '../support/async-helpers.js';
import { useTimeSkippingEnvironments } from '../support/time-skipping-environment.js';

const createEnvironment = useTimeSkippingEnvironments();
const HAND_OVER = 'POST /api/v2/contracts/{sessionId}/handover';

describe('A cancellation during', () => {
  it.each([
    ['the request of an upload URL', 'upload-url', { files: 0, documents: 0 }],
    ['the uploads', 'upload', { files: 2, documents: 0 }],
    ['an attach, which the signing lets end,', 'attach', { files: 2, documents: 1 }],
    ['the hand-over, which the signing lets end,', 'hand-over', { files: 2, documents: 2 }],
    ['a poll of the documents', 'list', { files: 2, documents: 2 }],
  ] as const)('%s ends as cancelled and names what exists at the vendor', async (_, call, exists) => {
    const { fake, start } = await createEnvironment({ handOver: HAND_OVER });
    fake.faults.add({ call, delaySeconds: 2 });
    const signing = await start();
    await waitUntil('the call is under way', () => waitForOpenCall(fake, call));
    await signing.handle.cancel();
    const result = await signing.result();

    const [session] = fake.sessions();
    expect(result).toMatchObject({ state: 'cancelled', sessionId: session?.id, attention: null });
    expect(session?.documents).toHaveLength(exists.documents);
    const shown = result.documents.filter(({ documentId }) => documentId !== null);
    expect(shown.map(({ documentId }) => documentId)).toEqual(session?.documents.map(({ id }) => id));
    expect(fake.ledger.effects('session-handed-over')).toHaveLength(
      ['hand-over', 'list'].includes(call) ? 1 : 0,
    );
  });

  it('an attach whose response is lost says so in the result', async () => {
    const { fake, start } = await createEnvironment();
    fake.faults.add({ call: 'attach', delaySeconds: 2, reset: 'after' });
    const signing = await start();
    await waitUntil('the call is under way', () => waitForOpenCall(fake, 'attach'));
    await signing.handle.cancel();
    const result = await signing.result();
    expect(result).toMatchObject({ state: 'cancelled', attention: { step: 'attach', actions: [] } });
    expect(result.attention?.reason).toMatch(/^contract\.pdf: attach/);
  });
});

/** Whether a call has reached the vendor and has no response yet. */
function waitForOpenCall(
  fake: { ledger: { entries(): readonly { call: string; status: number | null }[] } },
  expected: Call,
): boolean {
  return fake.ledger.entries().some(({ call, status }) => call === expected && status === null);
}
