import type { ContractSession } from '../run/vendor.js';
import type { AcceptedSigning, Violation, WorkflowRecord } from './evidence.js';

type Status = NonNullable<WorkflowRecord['status']>;

/** The failures with which a workflow reports that nothing was sent. */
const NOTHING_SENT_FAILURES = ['RequestRejectedByVendor', 'RequestRejected'];

/** The state of a signing at the end of the run; a `stuck` one has neither ended nor waits for an operator. */
export type FinalState = Status['state'] | 'refused' | 'stuck' | 'broken off' | 'unknown';

export function readFinalState(workflow: WorkflowRecord | undefined): FinalState {
  if (workflow === undefined) return 'unknown';
  const { end, status, failure } = workflow;
  if (end === 'running') return status?.state === 'needs-attention' ? 'needs-attention' : 'stuck';
  if (status !== null) return status.state;
  return NOTHING_SENT_FAILURES.includes(failure ?? '') ? 'refused' : 'broken off';
}

/** Compares the status of a signing with the vendor. */
export function verifyOutcome(
  acceptedSigning: AcceptedSigning,
  contracts: readonly ContractSession[],
  workflow: WorkflowRecord | undefined,
): Violation[] {
  const { requestId } = acceptedSigning.plan;
  const finalState = readFinalState(workflow);
  const lost = (description: string): Violation[] => [{ kind: 'lost', requestId, description }];
  const [contract] = contracts;
  if (finalState === 'unknown') return lost('its start was accepted, but Temporal has no workflow');
  if (finalState === 'broken off')
    return lost(`its workflow ended as ${workflow?.end ?? ''} without an outcome`);
  if (finalState === 'refused') {
    return contract === undefined
      ? []
      : lost(`it says that nothing was sent, but contract session ${contract.id} exists`);
  }
  const status = workflow?.status ?? null;
  return [
    ...(finalState === 'needs-attention' && !acceptedSigning.plan.staysUnresolved
      ? lost('it still needs attention after every decision')
      : []),
    ...(finalState === 'stuck'
      ? lost(`it has stopped making progress (${status?.state ?? 'no answer'})`)
      : []),
    ...(status === null ? [] : verifyStatus(acceptedSigning, contract, status)),
  ];
}

function verifyStatus(
  acceptedSigning: AcceptedSigning,
  contract: ContractSession | undefined,
  status: Status,
): Violation[] {
  const { requestId } = acceptedSigning.plan;
  const { sessionId, state, attention } = status;
  if (contract === undefined && sessionId !== null)
    return [
      { kind: 'lost', requestId, description: `contract session ${sessionId} does not exist at the vendor` },
    ];
  // While the outcome of initiate is unknown, the status says so and asks an operator to check.
  if (contract !== undefined && sessionId === null && attention?.step !== 'initiate')
    return [
      {
        kind: 'lost',
        requestId,
        description: `contract session ${contract.id} exists, but its status does not name it`,
      },
    ];
  if (contract !== undefined && sessionId !== null && sessionId !== contract.id)
    return [{ kind: 'at-odds', requestId, description: `it names ${sessionId}, the vendor ${contract.id}` }];
  return isOutcome(state) ? verifyVendorOutcome(acceptedSigning, contract, status) : [];
}

function verifyVendorOutcome(
  { plan }: AcceptedSigning,
  contract: ContractSession | undefined,
  { state, documents }: Status,
): Violation[] {
  const { requestId } = plan;
  const vendorDocuments = contract?.documents ?? [];
  const missing = plan.documents.filter(
    (name) => !vendorDocuments.some((document) => document.name === name),
  );
  const outcome = deriveOutcome(vendorDocuments.map(({ status }) => status));
  const different = documents.filter(
    ({ name, status }) => vendorDocuments.find((document) => document.name === name)?.status !== status,
  );
  return [
    ...missing.map((name): Violation => ({
      kind: 'lost',
      requestId,
      description: `it is ${state}, but the vendor lacks ${name}`,
    })),
    ...(outcome === state
      ? []
      : [createContradiction(requestId, `it is ${state}, at the vendor ${outcome}`)]),
    ...different.map(({ name, status }) =>
      createContradiction(requestId, `${name} is not ${status ?? ''} at the vendor`),
    ),
  ];
}

const createContradiction = (requestId: string, description: string): Violation => ({
  kind: 'at-odds',
  requestId,
  description,
});

function isOutcome(state: Status['state']): boolean {
  return state === 'completed' || state === 'failed' || state === 'withdrawn';
}

/** A second implementation of the rule, on purpose: over when every document is FINISHED, DELETED or FAILED. */
function deriveOutcome(statuses: readonly string[]): 'completed' | 'failed' | 'withdrawn' | 'not over' {
  const isOver = statuses.every((status) => ['FINISHED', 'DELETED', 'FAILED'].includes(status));
  if (!isOver || statuses.length === 0) return 'not over';
  if (statuses.includes('FAILED')) return 'failed';
  return statuses.includes('FINISHED') ? 'completed' : 'withdrawn';
}
