import type { Offence } from '../../chaos/judge/finding.js';
import { judge } from '../../chaos/judge/judge.js';
import { listOf, tableOf } from '../../chaos/judge/table.js';
import type { ShownSession } from '../../chaos/run/vendor.js';
import { entry, evidenceOf, honestSession, type Session } from './evidence.js';

type Document = ShownSession['documents'][number];

const documentsOf = ({ contracts }: Session): readonly Document[] => contracts[0]?.documents ?? [];

/** The same session with other documents at the vendor. */
const withDocuments = (session: Session, change: (documents: Document[]) => Document[]): Session => ({
  ...session,
  contracts: session.contracts.map((contract) => ({
    ...contract,
    documents: change([...contract.documents]),
  })),
});

const withWorkflow = (session: Session, change: Partial<NonNullable<Session['workflow']>>): Session => ({
  ...session,
  workflow: session.workflow === undefined ? undefined : { ...session.workflow, ...change },
});

const withStatus = (
  session: Session,
  change: Partial<NonNullable<NonNullable<Session['workflow']>['status']>>,
): Session => {
  const status = session.workflow?.status ?? null;
  return withWorkflow(session, { status: status === null ? null : { ...status, ...change } });
};

const spoil = (documents: Document[], index: number, change: Partial<Document>): Document[] =>
  documents.map((document, place) => (place === index ? { ...document, ...change } : document));

const swap = ([first, second, ...rest]: Document[]): Document[] =>
  first === undefined || second === undefined ? [] : [second, first, ...rest];

const offences = (...sessions: Session[]): Offence[] => [
  ...new Set(judge(evidenceOf(...sessions)).map(({ offence }) => offence)),
];

const honest = honestSession(0);

describe('The judgement acquits', () => {
  const cancelled = (place: number): Session =>
    withDocuments(honestSession(1, 'cancelled'), (documents) => documents.slice(0, place));
  const refused: Session = {
    ...honest,
    contracts: [],
    workflow: {
      end: 'failed',
      failure: 'RequestRefused',
      status: null,
      calls: { initiate: 1, attach: {}, lost: {} },
    },
  };
  const unclear = withStatus(honestSession(2, 'expired'), {
    sessionId: null,
    attention: {
      id: 'initiate-1',
      step: 'initiate',
      reason: 'no answer',
      actions: [],
      since: '2026-12-01T12:00:00.000Z',
    },
  });

  it.each<[string, Session]>([
    ['a session that completed', honest],
    ['one that waits for a human', honestSession(3, 'needs-attention')],
    ['one that was cancelled before its first document', cancelled(0)],
    ['one that was cancelled among its documents', cancelled(2)],
    ['one that the vendor refused, and of which it knows nothing', refused],
    ['one that says itself that it does not know whether a contract session was created', unclear],
    ['one of which a call never reached the vendor', { ...honest, ledger: honest.ledger.slice(1) }],
  ])('%s', (_, session) => {
    expect(judge(evidenceOf(session, honestSession(9)))).toEqual([]);
  });
});

describe('The judgement finds', () => {
  const [first] = documentsOf(honest);
  const again = (change: Partial<Document>): Document[] =>
    first === undefined ? [] : [{ ...first, id: 999, ...change }];
  const second: Session['contracts'] = honest.contracts.map((contract) => ({
    ...contract,
    id: 99,
    documents: [],
  }));
  const stranger = second.map((contract) => ({ ...contract, name: 'a session that nobody started' }));

  it.each<[string, Offence, Session]>([
    ['a contract session created twice', 'created-twice', { ...honest, contracts: [...honest.contracts, ...second] }],
    ['a contract session that nobody asked for', 'created-twice', { ...honest, contracts: [...honest.contracts, ...stranger] }],
    ['a file attached twice', 'attached-twice', withDocuments(honest, (all) => [...all, ...again({})])],
    ['a document uploaded again and attached as well', 'attached-twice', withDocuments(honest, (all) => [...all, ...again({ fileId: 'another' })])],
    ['documents in the wrong order', 'order-or-bytes', withDocuments(honest, swap)],
    ['a gap in a session that was cancelled', 'order-or-bytes', withDocuments(honestSession(1, 'cancelled'), (all) => all.slice(1))],
    ['wrong bytes', 'order-or-bytes', withDocuments(honest, (all) => spoil(all, 2, { sha256: 'another' }))],
    ['a document of another session', 'order-or-bytes', withDocuments(honest, (all) => spoil(all, 2, { name: 'of-others.pdf' }))],
    ['a start that was accepted and of which Temporal knows nothing', 'lost', { ...honest, workflow: undefined }],
    ['a completed session whose last document is missing', 'lost', withDocuments(honest, (all) => all.slice(0, 2))],
    ['a completed session without its contract session', 'lost', { ...honest, contracts: [] }],
    ['a session that makes no progress any more', 'lost', withWorkflow(withStatus(honest, { state: 'uploading' }), { end: 'running' })],
    ['a session that asks a human again and again', 'lost', withWorkflow(withStatus(honest, { state: 'needs-attention' }), { end: 'running' })],
    ['a session that answers no more', 'lost', withWorkflow(honest, { end: 'running', status: null })],
    ['a workflow that was terminated', 'lost', withWorkflow(honest, { end: 'terminated', status: null })],
    ['a workflow that broke off by a bug', 'lost', withWorkflow(honest, { end: 'failed', failure: 'TypeError', status: null })],
    ['"nothing was sent" where something was', 'lost', withWorkflow(honest, { end: 'failed', failure: 'RequestRefused', status: null })],
    ['a cancelled session that does not know its contract session', 'lost', withStatus(honestSession(1, 'cancelled'), { sessionId: null })],
    ['another contract session than the one at the vendor', 'at-odds', withStatus(honest, { sessionId: 77 })],
    ['an outcome that is not the vendor’s', 'at-odds', withStatus(honest, { state: 'withdrawn' })],
    ['an outcome before all is signed', 'at-odds', withDocuments(honest, (all) => spoil(all, 1, { status: 'UPLOADED' }))],
    ['an initiate that the history does not know', 'at-odds', { ...honest, ledger: [...honest.ledger, ...honest.ledger.slice(0, 1)] }],
    ['an attach that the history does not know', 'at-odds', { ...honest, ledger: [...honest.ledger, entry({ call: 'attach', fileId: first?.fileId ?? '' })] }],
  ])('%s', (_, offence, session) => {
    expect(offences(session, honestSession(9))).toContain(offence);
  }); // prettier-ignore

  it('each offence by itself, with the session and what exactly it is', () => {
    const session = withDocuments(honest, swap);
    expect(listOf(judge(evidenceOf(session)))).toBe(
      'documents in the wrong order or with wrong bytes: chaos-0001, a-2.pdf is number 1, not 2\n' +
        'documents in the wrong order or with wrong bytes: chaos-0001, z-1.pdf is number 2, not 1',
    );
  });
});

describe('The table', () => {
  it('shows sessions by outcome, why they wait, and last what must be 0', () => {
    const evidence = evidenceOf(
      honest,
      honestSession(1, 'cancelled'),
      honestSession(2, 'needs-attention'),
      honestSession(3, 'needs-attention'),
      withDocuments(honestSession(4), (all) => [...all, ...all.slice(0, 1)]),
      { ...honestSession(5), workflow: undefined },
    );
    expect(tableOf(evidence, judge(evidence)).split('\n')).toEqual([
      '     6  sessions started',
      '     2    completed',
      '     0    failed',
      '     0    withdrawn',
      '     0    expired',
      '     1    cancelled',
      '     0    refused, nothing sent',
      '     2    waiting for a human',
      '     2      attach: refused',
      '--------------------------------------------------------',
      '     0  told otherwise than the vendor knows it',
      '     0  contract sessions created twice',
      '     1  documents attached twice',
      '     0  documents in the wrong order or with wrong bytes',
      '     1  lost',
    ]);
  });
});
