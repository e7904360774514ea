import fc from 'fast-check';
import { CALLBACK_TYPES, newsOf } from '../../src/domain/callback-event.js';
import {
  conclude,
  isOver,
  openQueue,
  remind,
  take,
  waitsForSomebody,
} from '../../src/domain/callback-queue.js';
import {
  FINAL_STATES,
  isFinal,
  OPEN_STATES,
  type DocumentState,
  type SigningState,
  type SigningStatus,
} from '../../src/domain/status.js';

const document = (status: string | null, documentId: number | null = 7): DocumentState => ({
  name: 'contract of john doe.pdf',
  bytes: 1,
  sha256: null,
  signatureFields: 'required',
  fileId: null,
  documentId,
  status,
  failureReason: 'John Doe could not be identified',
});

const statusIn = (state: SigningState, ...documents: DocumentState[]): SigningStatus => ({
  state,
  requestId: 'crm-action-8f1c',
  sessionId: 13,
  name: 'Contract of John Doe',
  method: 'aes',
  employeeId: '45',
  crmRecord: 'opportunity/0061',
  documents,
  attention:
    state === 'needs-attention'
      ? {
          id: 'attach-1',
          step: 'attach',
          reason: 'contract of john doe.pdf: attach failed',
          actions: ['retry', 'abort'],
          since: '2026-12-01T12:00:00.000Z',
        }
      : null,
  deadline: '2027-01-01T00:00:00.000Z',
  updatedAt: '2026-12-01T12:00:00.000Z',
});

const typesOf = (before: SigningStatus, after: SigningStatus, rejected?: boolean): string[] | undefined =>
  newsOf(before, after, rejected)?.events.map(({ type }) => type);

const STATES = [...OPEN_STATES, ...FINAL_STATES];

test.each([
  ['checking-documents', 'initiating', undefined],
  ['initiating', 'uploading', undefined],
  ['attaching', 'handing-over', undefined],
  ['attaching', 'awaiting-handover', ['signing.awaiting-handover']],
  ['handing-over', 'awaiting-signature', ['signing.awaiting-signature']],
  ['awaiting-handover', 'awaiting-signature', ['signing.awaiting-signature']],
  ['uploading', 'needs-attention', ['signing.needs-attention']],
  ['needs-attention', 'awaiting-signature', ['signing.awaiting-signature']],
  ['awaiting-signature', 'completed', ['signing.completed']],
  ['awaiting-signature', 'failed', ['signing.failed']],
  ['awaiting-handover', 'withdrawn', ['signing.withdrawn']],
  ['uploading', 'expired', ['signing.expired']],
  ['needs-attention', 'cancelled', ['signing.cancelled']],
] as const)('from %s to %s a CRM is told %j', (before, after, types) => {
  expect(typesOf(statusIn(before), statusIn(after))).toEqual(types);
});

test('the end of a question to a human is news, though no event, where the session goes on without one', () => {
  expect(newsOf(statusIn('needs-attention'), statusIn('uploading'))).toMatchObject({
    events: [],
    facts: { state: 'uploading' },
  });
});

test('a request at fault is rejected, and not failed', () => {
  expect(typesOf(statusIn('checking-documents'), statusIn('failed'), true)).toEqual(['signing.rejected']);
});

test('a change of the documents alone is no event, but for each that has failed, which is told before the outcome', () => {
  const waiting = statusIn(
    'awaiting-signature',
    document('ATTACHED', 7),
    document('ATTACHED', 8),
    document('FAILED', 9),
  );
  expect(
    typesOf(waiting, statusIn('awaiting-signature', document('FINISHED'), document('ATTACHED'))),
  ).toBeUndefined();
  const after = statusIn('failed', document('FAILED', 7), document('FAILED', null), document('FAILED', 9));
  expect(newsOf(waiting, after)?.events).toEqual([
    { type: 'signing.document-failed', document: { index: 0, documentId: 7 } },
    { type: 'signing.document-failed', document: { index: 1, documentId: null } },
    { type: 'signing.failed' },
  ]);
});

test('every state that a change can lead to and that is final is an event, and every type but the reminder comes from a change', () => {
  const types = STATES.flatMap((after) => typesOf(statusIn('checking-documents'), statusIn(after)) ?? []);
  const ends = FINAL_STATES.map((state) => `signing.${state}`);
  expect(types).toEqual(expect.arrayContaining(ends));
  const others = ['signing.rejected', 'signing.document-failed', 'signing.still-waiting'];
  expect([...types, ...others].sort()).toEqual([...CALLBACK_TYPES].sort());
});

test('no name, no reason and no other text that somebody has written is told', () => {
  const before = statusIn('awaiting-signature', document('ATTACHED'));
  for (const after of STATES) {
    const told = JSON.stringify(newsOf(before, statusIn(after, document('FAILED'))));
    expect(told).not.toMatch(/john/i);
    expect(told).not.toContain('"45"');
  }
});

const aStep = fc.oneof(
  fc.record({ news: fc.constantFrom(...STATES), failed: fc.boolean() }),
  fc.constant('remind' as const),
  fc.constant('conclude' as const),
);

test('whatever happens, numbers grow by one, events leave in their order, and nothing is over before the last has left', () => {
  fc.assert(
    fc.property(fc.array(aStep, { maxLength: 40 }), (steps) => {
      let status = statusIn('attaching', document('ATTACHED'));
      const left: number[] = [];
      const first = newsOf(status, statusIn('awaiting-handover'));
      let queue = openQueue(first ?? { at: '', events: [], facts: { ...FACTS } });
      for (const step of steps) {
        if (step === 'remind') queue = remind(queue, '2026-12-02T00:00:00.000Z');
        else if (step === 'conclude') {
          const [event] = queue.waiting;
          if (event === undefined) continue;
          left.push(event.order);
          queue = conclude(queue, { order: event.order, type: event.type, deliveredAt: '' });
        } else {
          const next = statusIn(step.news, document(step.failed ? 'FAILED' : 'ATTACHED'));
          const news = newsOf(status, next);
          status = next;
          if (news !== undefined) queue = take(queue, news);
        }
        expect(isOver(queue)).toBe(queue.waiting.length === 0 && isFinal(queue.facts.state));
      }
      const all = [...left, ...queue.waiting.map(({ order }) => order)];
      expect(all).toEqual(all.map((_, index) => index + 1));
      expect(queue.order).toBe(all.length);
    }),
    { numRuns: 10_000 },
  );
});

const FACTS = { requestId: 'a', crmRecord: null, sessionId: null, state: 'attaching', deadline: '' } as const;

test.each(STATES)('%s: somebody can be reminded only where somebody is waited for', (state) => {
  const queue = openQueue({ at: '', events: [], facts: { ...FACTS, state } });
  expect(waitsForSomebody(queue)).toBe(
    ['awaiting-handover', 'awaiting-signature', 'needs-attention'].includes(state),
  );
});
