import type { ContractSession } from '../../chaos/run/vendor.js';
import type { ViolationKind } from '../../chaos/verify/evidence.js';
import { formatTable, formatViolations } from '../../chaos/verify/table.js';
import { findViolations } from '../../chaos/verify/verify.js';
import {
  type SigningEvidence,
  createEvidence,
  createLedgerEntry,
  createSigningEvidence,
} from './evidence.js';

type Document = ContractSession['documents'][number];

const getDocuments = ({ contractSessions }: SigningEvidence): readonly Document[] =>
  contractSessions[0]?.documents ?? [];

/** The same signing with other documents at the vendor. */
const withDocuments = (
  signing: SigningEvidence,
  change: (documents: Document[]) => Document[],
): SigningEvidence => ({
  ...signing,
  contractSessions: signing.contractSessions.map((contract) => ({
    ...contract,
    documents: change([...contract.documents]),
  })),
});

const withWorkflow = (
  signing: SigningEvidence,
  change: Partial<NonNullable<SigningEvidence['workflow']>>,
): SigningEvidence => ({
  ...signing,
  workflow: signing.workflow === undefined ? undefined : { ...signing.workflow, ...change },
});

const withStatus = (
  signing: SigningEvidence,
  change: Partial<NonNullable<NonNullable<SigningEvidence['workflow']>['status']>>,
): SigningEvidence => {
  const status = signing.workflow?.status ?? null;
  return withWorkflow(signing, { status: status === null ? null : { ...status, ...change } });
};

const changeDocument = (documents: Document[], index: number, change: Partial<Document>): Document[] =>
  documents.map((document, position) => (position === index ? { ...document, ...change } : document));

const swap = ([first, second, ...rest]: Document[]): Document[] =>
  first === undefined || second === undefined ? [] : [second, first, ...rest];

const findKinds = (...signings: SigningEvidence[]): ViolationKind[] => [
  ...new Set(findViolations(createEvidence(...signings)).map(({ kind }) => kind)),
];

const correct = createSigningEvidence(0);

describe('The check accepts', () => {
  const cancelled = (count: number): SigningEvidence =>
    withDocuments(createSigningEvidence(1, 'cancelled'), (documents) => documents.slice(0, count));
  const refused: SigningEvidence = {
    ...correct,
    contractSessions: [],
    workflow: {
      end: 'failed',
      failure: 'RequestRejectedByVendor',
      status: null,
      calls: { initiate: 1, attach: {}, lost: {} },
    },
  };
  const unknownInitiate = withStatus(createSigningEvidence(2, 'expired'), {
    sessionId: null,
    attention: {
      id: 'initiate-1',
      step: 'initiate',
      reason: 'no answer',
      actions: [],
      since: '2026-12-01T12:00:00.000Z',
    },
  });

  it.each<[string, SigningEvidence]>([
    ['a signing that completed', correct],
    ['one that waits for an operator', createSigningEvidence(3, 'needs-attention')],
    ['one that was cancelled before its first document', cancelled(0)],
    ['one that was cancelled among its documents', cancelled(2)],
    ['one that the vendor refused and has no contract session of', refused],
    ['one whose status says that the outcome of initiate is unknown', unknownInitiate],
    ['one whose call never reached the vendor', { ...correct, ledger: correct.ledger.slice(1) }],
  ])('%s', (_, signing) => {
    expect(findViolations(createEvidence(signing, createSigningEvidence(9)))).toEqual([]);
  });
});

describe('The check finds', () => {
  const [first] = getDocuments(correct);
  const again = (change: Partial<Document>): Document[] =>
    first === undefined ? [] : [{ ...first, id: 999, ...change }];
  const second: SigningEvidence['contractSessions'] = correct.contractSessions.map((contract) => ({
    ...contract,
    id: 99,
    documents: [],
  }));
  const stranger = second.map((contract) => ({ ...contract, name: 'a session that nobody started' }));

  it.each<[string, ViolationKind, SigningEvidence]>([
    ['a contract session created twice', 'created-twice', { ...correct, contractSessions: [...correct.contractSessions, ...second] }],
    ['a contract session that was not requested', 'created-twice', { ...correct, contractSessions: [...correct.contractSessions, ...stranger] }],
    ['a file attached twice', 'attached-twice', withDocuments(correct, (all) => [...all, ...again({})])],
    ['a document uploaded again and attached as well', 'attached-twice', withDocuments(correct, (all) => [...all, ...again({ fileId: 'another' })])],
    ['documents in the wrong order', 'order-or-bytes', withDocuments(correct, swap)],
    ['a gap in a signing that was cancelled', 'order-or-bytes', withDocuments(createSigningEvidence(1, 'cancelled'), (all) => all.slice(1))],
    ['wrong bytes', 'order-or-bytes', withDocuments(correct, (all) => changeDocument(all, 2, { sha256: 'another' }))],
    ['a document of another signing', 'order-or-bytes', withDocuments(correct, (all) => changeDocument(all, 2, { name: 'of-others.pdf' }))],
    ['an accepted start without a workflow', 'lost', { ...correct, workflow: undefined }],
    ['a completed signing whose last document is missing', 'lost', withDocuments(correct, (all) => all.slice(0, 2))],
    ['a completed signing without its contract session', 'lost', { ...correct, contractSessions: [] }],
    ['a signing that has stopped making progress', 'lost', withWorkflow(withStatus(correct, { state: 'uploading' }), { end: 'running' })],
    ['a signing that needs attention after every decision', 'lost', withWorkflow(withStatus(correct, { state: 'needs-attention' }), { end: 'running' })],
    ['a signing that does not answer', 'lost', withWorkflow(correct, { end: 'running', status: null })],
    ['a workflow that was terminated', 'lost', withWorkflow(correct, { end: 'terminated', status: null })],
    ['a workflow that failed by a bug', 'lost', withWorkflow(correct, { end: 'failed', failure: 'TypeError', status: null })],
    ['"nothing was sent" where something was', 'lost', withWorkflow(correct, { end: 'failed', failure: 'RequestRejectedByVendor', status: null })],
    ['a cancelled signing whose status lacks its contract session', 'lost', withStatus(createSigningEvidence(1, 'cancelled'), { sessionId: null })],
    ['another contract session than the one at the vendor', 'at-odds', withStatus(correct, { sessionId: 77 })],
    ['an outcome that is not the vendor’s', 'at-odds', withStatus(correct, { state: 'withdrawn' })],
    ['an outcome before all is signed', 'at-odds', withDocuments(correct, (all) => changeDocument(all, 1, { status: 'UPLOADED' }))],
    ['an initiate that the history lacks', 'at-odds', { ...correct, ledger: [...correct.ledger, ...correct.ledger.slice(0, 1)] }],
    ['an attach that the history lacks', 'at-odds', { ...correct, ledger: [...correct.ledger, createLedgerEntry({ call: 'attach', fileId: first?.fileId ?? '' })] }],
  ])('%s', (_, kind, signing) => {
    expect(findKinds(signing, createSigningEvidence(9))).toContain(kind);
  }); // prettier-ignore

  it('every violation, with the signing and its description', () => {
    const signing = withDocuments(correct, swap);
    expect(formatViolations(findViolations(createEvidence(signing)))).toBe(
      'documents in the wrong order or with wrong bytes: chaos-0001, a-2.pdf is number 1, not 2\n' +
        'documents in the wrong order or with wrong bytes: chaos-0001, z-1.pdf is number 2, not 1',
    );
  });
});

describe('The table', () => {
  it('shows signings by outcome, why they wait, and last what must be 0', () => {
    const evidence = createEvidence(
      correct,
      createSigningEvidence(1, 'cancelled'),
      createSigningEvidence(2, 'needs-attention'),
      createSigningEvidence(3, 'needs-attention'),
      withDocuments(createSigningEvidence(4), (all) => [...all, ...all.slice(0, 1)]),
      { ...createSigningEvidence(5), workflow: undefined },
    );
    expect(formatTable(evidence, findViolations(evidence)).split('\n')).toEqual([
      '     6  sessions started',
      '     2    completed',
      '     0    failed',
      '     0    withdrawn',
      '     0    expired',
      '     1    cancelled',
      '     0    refused, nothing sent',
      '     2    waiting for an operator',
      '     2      attach: refused',
      '--------------------------------------------------------',
      '     0  status differs from the vendor',
      '     0  contract sessions created twice',
      '     1  documents attached twice',
      '     0  documents in the wrong order or with wrong bytes',
      '     1  lost',
    ]);
  });
});
