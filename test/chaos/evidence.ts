import { type SigningPlan, planSigning } from '../../chaos/plan/signing.js';
import type { ContractSession } from '../../chaos/run/vendor.js';
import type { AcceptedSigning, Evidence, WorkflowRecord } from '../../chaos/verify/evidence.js';
import type { LedgerEntry } from '../../fake-flexperto/index.js';
import type { SigningStatus } from '../../src/client/index.js';

type State = SigningStatus['state'];

const DOCUMENTS = ['z-1.pdf', 'a-2.pdf', 'm-3.pdf'];

/** A correct signing of three documents, as each side has it; tests change parts of it. */
export interface SigningEvidence {
  acceptedSigning: AcceptedSigning;
  contractSessions: ContractSession[];
  ledger: LedgerEntry[];
  workflow: WorkflowRecord | undefined;
}

export function createSigningEvidence(number: number, state: State = 'completed'): SigningEvidence {
  const staysUnresolved = state === 'needs-attention';
  const plan: SigningPlan = { ...planSigning(1, number), documents: DOCUMENTS, staysUnresolved };
  const sha256s = DOCUMENTS.map((name) => `sha256 of ${plan.requestId}/${name}`);
  const contract = createContractSession(plan, 13 + number, sha256s);
  return {
    acceptedSigning: { plan, sha256s },
    contractSessions: [contract],
    ledger: [
      createLedgerEntry({ call: 'initiate', effect: 'session-initiated', requestBody: { name: plan.name } }),
      ...contract.files.map(({ id: fileId }) =>
        createLedgerEntry({ call: 'attach', effect: 'document-attached', fileId }),
      ),
    ],
    workflow: {
      end: state === 'needs-attention' ? 'running' : 'completed',
      failure: null,
      status: createStatus(plan, contract, state),
      calls: {
        initiate: 1,
        attach: Object.fromEntries(contract.files.map(({ id }) => [id, 1])),
        lost: {},
      },
    },
  };
}

export function createEvidence(...signings: readonly SigningEvidence[]): Evidence {
  return {
    acceptedSignings: signings.map(({ acceptedSigning }) => acceptedSigning),
    contractSessions: signings.flatMap(({ contractSessions }) => contractSessions),
    ledger: signings.flatMap(({ ledger }) => ledger),
    workflows: new Map(
      signings.flatMap(({ acceptedSigning, workflow }) =>
        workflow === undefined ? [] : [[acceptedSigning.plan.requestId, workflow] as const],
      ),
    ),
  };
}

function createContractSession(plan: SigningPlan, id: number, sha256s: readonly string[]): ContractSession {
  const documents = plan.documents.map((name, index) => ({
    id: 100 * id + index,
    fileId: `file ${id}/${index}`,
    name,
    sha256: sha256s[index] ?? '',
    status: 'FINISHED',
  }));
  const files = documents.map(({ fileId, name }) => ({ id: fileId, name }));
  return { id, name: plan.name, employeeId: plan.employeeId, handedOver: true, documents, files };
}

function createStatus(plan: SigningPlan, contract: ContractSession, state: State): SigningStatus {
  const attention = {
    id: 'attach-1',
    step: 'attach',
    reason: 'attach: refused',
    actions: ['retry', 'abort'],
    since: '2026-12-01T12:00:00.000Z',
  } as const;
  return {
    state,
    requestId: plan.requestId,
    sessionId: contract.id,
    name: plan.name,
    method: plan.method,
    employeeId: plan.employeeId,
    crmRecord: null,
    documents: contract.documents.map(({ id, fileId, name, sha256, status }) => ({
      name,
      bytes: 1,
      sha256,
      signatureFields: 'required',
      fileId,
      documentId: id,
      status,
      failureReason: null,
    })),
    attention: state === 'needs-attention' ? attention : null,
    deadline: '2030-01-01T00:00:00Z',
    updatedAt: '2029-01-01T00:00:00Z',
  };
}

export function createLedgerEntry(fields: Partial<LedgerEntry>): LedgerEntry {
  return {
    at: '2029-01-01T00:00:00Z',
    call: 'list',
    method: 'POST',
    path: '/',
    employeeId: '45',
    status: 200,
    effect: null,
    headers: [],
    apiKey: 'right',
    ...fields,
  };
}
