import { resolveAttention } from '../../chaos/run/operator.js';
import { NotPossibleError, type Resolution } from '../../src/client/index.js';
import type { Attention } from '../../src/domain/status.js';
import { createSigningEvidence } from './evidence.js';

const signing = createSigningEvidence(0, 'needs-attention');
const [contract] = signing.contractSessions;

/** What the operator decides, and sends, if the signing has needed attention for `secondsAgo`. */
async function runOperator(
  attention: Omit<Attention, 'since'> | null,
  secondsAgo: number,
  dashboard: typeof signing.contractSessions,
  refusal?: Error,
): Promise<{ decision: string; sent: Resolution[] }> {
  const { workflow } = signing;
  if (workflow?.status == null) throw new TypeError('the signing has no status');
  const since = new Date(Date.now() - secondsAgo * 1000).toISOString();
  const current = attention === null ? null : { ...attention, since };
  const status = { ...workflow.status, attention: current, callback: null };
  const sent: Resolution[] = [];
  const signings = {
    status: () => Promise.resolve(status),
    resolve: (_: string, resolution: Resolution) => {
      sent.push(resolution);
      return refusal === undefined ? Promise.resolve(status) : Promise.reject(refusal);
    },
  };
  return {
    decision: await resolveAttention(signings, status.requestId, () => Promise.resolve(dashboard)),
    sent,
  };
}

const unanswered = {
  id: 'initiate-1',
  step: 'initiate',
  reason: 'no answer',
  actions: ['retry', 'adopt', 'abort'],
} as const;
const refused = { id: 'attach-1', step: 'attach', reason: 'refused', actions: ['retry', 'abort'] } as const;

describe('The operator of a chaos run', () => {
  it('adopts the contract session that the Dashboard shows', async () => {
    expect(await runOperator(unanswered, 0, signing.contractSessions)).toEqual({
      decision: 'adopt',
      sent: [{ attentionId: 'initiate-1', action: 'adopt', sessionId: contract?.id }],
    });
  });

  it('does not retry a call that may still be under way', async () => {
    expect(await runOperator(unanswered, 8, [])).toEqual({ decision: 'not yet', sent: [] });
  });

  it('retries a call whose contract session the Dashboard lacks after a while', async () => {
    const others = createSigningEvidence(1).contractSessions;
    expect(await runOperator(unanswered, 20, others)).toEqual({
      decision: 'retry',
      sent: [{ attentionId: 'initiate-1', action: 'retry' }],
    });
  });

  it('retries a refused call immediately', async () => {
    expect(await runOperator(refused, 0, [])).toEqual({
      decision: 'retry',
      sent: [{ attentionId: 'attach-1', action: 'retry' }],
    });
  });

  it('decides again later if it is too early for a retry', async () => {
    const early = new NotPossibleError('Too early for a retry.');
    expect((await runOperator(unanswered, 20, [], early)).decision).toBe('not yet');
  });

  it('decides nothing once the signing needs no attention', async () => {
    expect(await runOperator(null, 20, signing.contractSessions)).toEqual({ decision: 'not yet', sent: [] });
  });
});
