import type { ShownSession } from '../run/vendor.js';
import type { Order, WorkflowRecord } from './evidence.js';
import type { Finding } from './finding.js';

type Status = NonNullable<WorkflowRecord['status']>;

/** The failures by which a workflow says that nothing was sent. */
const NOTHING_SENT = ['RequestRefused', 'RequestRejected'];

/** How a session stands in the end; `stuck` is neither an end nor a wait for a human. */
export type Standing = Status['state'] | 'refused' | 'stuck' | 'broken off' | 'unknown';

export function standingOf(workflow: WorkflowRecord | undefined): Standing {
  if (workflow === undefined) return 'unknown';
  const { end, status, failure } = workflow;
  if (end === 'running') return status?.state === 'needs-attention' ? 'needs-attention' : 'stuck';
  if (status !== null) return status.state;
  return NOTHING_SENT.includes(failure ?? '') ? 'refused' : 'broken off';
}

/** Compares what the session says of itself with what is at the vendor: nothing may be lost, nothing told otherwise. */
export function judgeEnding(
  order: Order,
  contracts: readonly ShownSession[],
  workflow: WorkflowRecord | undefined,
): Finding[] {
  const { requestId } = order.plan;
  const standing = standingOf(workflow);
  const lost = (what: string): Finding[] => [{ offence: 'lost', requestId, what }];
  const [contract] = contracts;
  if (standing === 'unknown') return lost('its start was accepted, but Temporal knows of no workflow');
  if (standing === 'broken off')
    return lost(`its workflow ended as ${workflow?.end ?? ''} without an outcome`);
  if (standing === 'refused') {
    return contract === undefined
      ? []
      : lost(`it says that nothing was sent, but contract session ${contract.id} exists`);
  }
  const status = workflow?.status ?? null;
  return [
    ...(standing === 'needs-attention' && !order.plan.leftWaiting
      ? lost('it still needs attention, however often a human has decided')
      : []),
    ...(standing === 'stuck' ? lost(`it makes no progress any more (${status?.state ?? 'no answer'})`) : []),
    ...(status === null ? [] : judgeStatus(order, contract, status)),
  ];
}

function judgeStatus(order: Order, contract: ShownSession | undefined, status: Status): Finding[] {
  const { requestId } = order.plan;
  const { sessionId, state, attention } = status;
  if (contract === undefined && sessionId !== null)
    return [
      { offence: 'lost', requestId, what: `contract session ${sessionId} does not exist at the vendor` },
    ];
  // Where initiate is unclear, the session says so, and a human is told to look.
  if (contract !== undefined && sessionId === null && attention?.step !== 'initiate')
    return [
      { offence: 'lost', requestId, what: `contract session ${contract.id} exists, and it does not know` },
    ];
  if (contract !== undefined && sessionId !== null && sessionId !== contract.id)
    return [{ offence: 'at-odds', requestId, what: `it names ${sessionId}, the vendor ${contract.id}` }];
  return isOutcome(state) ? judgeOutcome(order, contract, status) : [];
}

function judgeOutcome(
  { plan }: Order,
  contract: ShownSession | undefined,
  { state, documents }: Status,
): Finding[] {
  const { requestId } = plan;
  const there = contract?.documents ?? [];
  const missing = plan.documents.filter((name) => !there.some((document) => document.name === name));
  const outcome = outcomeOf(there.map(({ status }) => status));
  const different = documents.filter(
    ({ name, status }) => there.find((document) => document.name === name)?.status !== status,
  );
  return [
    ...missing.map((name): Finding => ({
      offence: 'lost',
      requestId,
      what: `it is ${state}, but the vendor lacks ${name}`,
    })),
    ...(outcome === state ? [] : [atOdds(requestId, `it is ${state}, at the vendor ${outcome}`)]),
    ...different.map(({ name, status }) => atOdds(requestId, `${name} is not ${status ?? ''} at the vendor`)),
  ];
}

const atOdds = (requestId: string, what: string): Finding => ({ offence: 'at-odds', requestId, what });

function isOutcome(state: Status['state']): boolean {
  return state === 'completed' || state === 'failed' || state === 'withdrawn';
}

/** Written down a second time, on purpose: over when every document is FINISHED, DELETED or FAILED. */
function outcomeOf(statuses: readonly string[]): 'completed' | 'failed' | 'withdrawn' | 'not over' {
  const over = statuses.every((status) => ['FINISHED', 'DELETED', 'FAILED'].includes(status));
  if (!over || statuses.length === 0) return 'not over';
  if (statuses.includes('FAILED')) return 'failed';
  return statuses.includes('FINISHED') ? 'completed' : 'withdrawn';
}
