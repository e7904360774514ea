import { decide } from '../../chaos/run/human.js';
import type { Resolution, SigningStatus } from '../../src/starter/index.js';
import { honestSession } from './evidence.js';

const session = honestSession(0, 'needs-attention');
const [contract] = session.contracts;

/** What the human decides on an attention that came up so many seconds ago, and what is sent for it. */
async function decided(
  attention: SigningStatus['attention'],
  secondsAgo: number,
  dashboard: typeof session.contracts,
): Promise<{ decision: string; sent: Resolution[] }> {
  const { workflow } = session;
  if (workflow?.status == null) throw new TypeError('the session has no status');
  const updatedAt = new Date(Date.now() - secondsAgo * 1000).toISOString();
  const status = { ...workflow.status, attention, updatedAt, callback: null };
  const sent: Resolution[] = [];
  const signings = {
    status: () => Promise.resolve(status),
    resolve: (_: string, resolution: Resolution) => {
      sent.push(resolution);
      return Promise.resolve(status);
    },
  };
  return { decision: await decide(signings, status.requestId, () => Promise.resolve(dashboard)), sent };
}

const unclear = { step: 'initiate', reason: 'no answer', actions: ['retry', 'adopt', 'abort'] } as const;
const refused = { step: 'attach', reason: 'refused', actions: ['retry', 'abort'] } as const;

describe('The human of a chaos run', () => {
  it('adopts the contract session that the Dashboard shows', async () => {
    expect(await decided(unclear, 0, session.contracts)).toEqual({
      decision: 'adopt',
      sent: [{ action: 'adopt', sessionId: contract?.id }],
    });
  });

  it('never tries again what may still be under way', async () => {
    expect(await decided(unclear, 8, [])).toEqual({ decision: 'not yet', sent: [] });
  });

  it('tries again what the Dashboard does not show after a while', async () => {
    const others = honestSession(1).contracts;
    expect(await decided(unclear, 20, others)).toEqual({ decision: 'retry', sent: [{ action: 'retry' }] });
  });

  it('tries again at once where nothing can have happened', async () => {
    expect(await decided(refused, 0, [])).toEqual({ decision: 'retry', sent: [{ action: 'retry' }] });
  });

  it('decides nothing where nothing needs attention any more', async () => {
    expect(await decided(null, 20, session.contracts)).toEqual({ decision: 'not yet', sent: [] });
  });
});
