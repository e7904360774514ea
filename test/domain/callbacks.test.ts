import fc from 'fast-check';
import {
  CALLBACK_TYPES,
  createQueue,
  dequeue,
  detectStatusChange,
  enqueue,
  enqueueReminder,
  isDrained,
  isWaitingForPerson,
} from '../../src/domain/callbacks.js';
import {
  type DocumentState,
  FINAL_STATES,
  OPEN_STATES,
  type SigningState,
  type SigningStatus,
  isFinal,
} from '../../src/domain/status.js';

const createDocument = (status: string | null, documentId: number | null = 7): DocumentState => ({
  name: 'contract of john doe.pdf',
  bytes: 1,
  sha256: null,
  signatureFields: 'required',
  fileId: null,
  documentId,
  status,
  failureReason: 'John Doe could not be identified',
});

const createStatus = (state: SigningState, ...documents: DocumentState[]): SigningStatus => ({
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

const listTypes = (before: SigningStatus, after: SigningStatus, rejected?: boolean): string[] | undefined =>
  detectStatusChange(before, after, rejected)?.events.map(({ type }) => type);

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
] as const)('from %s to %s a CRM receives %j', (before, after, types) => {
  expect(listTypes(createStatus(before), createStatus(after))).toEqual(types);
});

test('an attention that ends without an event is still a change, which ends the reminders', () => {
  expect(detectStatusChange(createStatus('needs-attention'), createStatus('uploading'))).toMatchObject({
    events: [],
    data: { state: 'uploading' },
  });
});

test('an invalid request is rejected, not failed', () => {
  expect(listTypes(createStatus('checking-documents'), createStatus('failed'), true)).toEqual([
    'signing.rejected',
  ]);
});

test('a change of the documents alone has no event; each failed one has an event, before that of the outcome', () => {
  const waiting = createStatus(
    'awaiting-signature',
    createDocument('ATTACHED', 7),
    createDocument('ATTACHED', 8),
    createDocument('FAILED', 9),
  );
  expect(
    listTypes(
      waiting,
      createStatus('awaiting-signature', createDocument('FINISHED'), createDocument('ATTACHED')),
    ),
  ).toBeUndefined();
  const after = createStatus(
    'failed',
    createDocument('FAILED', 7),
    createDocument('FAILED', null),
    createDocument('FAILED', 9),
  );
  expect(detectStatusChange(waiting, after)?.events).toEqual([
    { type: 'signing.document-failed', document: { index: 0, documentId: 7 } },
    { type: 'signing.document-failed', document: { index: 1, documentId: null } },
    { type: 'signing.failed' },
  ]);
});

test('every final state has an event, and every type but the reminder has a change', () => {
  const types = STATES.flatMap(
    (after) => listTypes(createStatus('checking-documents'), createStatus(after)) ?? [],
  );
  const ends = FINAL_STATES.map((state) => `signing.${state}`);
  expect(types).toEqual(expect.arrayContaining(ends));
  const others = ['signing.rejected', 'signing.document-failed', 'signing.still-waiting'];
  expect([...types, ...others].sort()).toEqual([...CALLBACK_TYPES].sort());
});

test('an event contains no name, no reason and no other text that a person has written', () => {
  const before = createStatus('awaiting-signature', createDocument('ATTACHED'));
  for (const after of STATES) {
    const json = JSON.stringify(detectStatusChange(before, createStatus(after, createDocument('FAILED'))));
    expect(json).not.toMatch(/john/i);
    expect(json).not.toContain('"45"');
  }
});

const arbitraryStep = fc.oneof(
  fc.record({ state: fc.constantFrom(...STATES), failed: fc.boolean() }),
  fc.constant('remind' as const),
  fc.constant('conclude' as const),
);

test('in every sequence of changes the order grows by one, events leave in order, and the queue is drained only after the last', () => {
  fc.assert(
    fc.property(fc.array(arbitraryStep, { maxLength: 40 }), (steps) => {
      let status = createStatus('attaching', createDocument('ATTACHED'));
      const left: number[] = [];
      const first = detectStatusChange(status, createStatus('awaiting-handover'));
      let queue = createQueue(first ?? { at: '', events: [], data: { ...DATA } });
      for (const step of steps) {
        if (step === 'remind') queue = enqueueReminder(queue, '2026-12-02T00:00:00.000Z');
        else if (step === 'conclude') {
          const [event] = queue.pending;
          if (event === undefined) continue;
          left.push(event.order);
          queue = dequeue(queue, { order: event.order, type: event.type, deliveredAt: '' });
        } else {
          const next = createStatus(step.state, createDocument(step.failed ? 'FAILED' : 'ATTACHED'));
          const change = detectStatusChange(status, next);
          status = next;
          if (change !== undefined) queue = enqueue(queue, change);
        }
        expect(isDrained(queue)).toBe(queue.pending.length === 0 && isFinal(queue.data.state));
      }
      const all = [...left, ...queue.pending.map(({ order }) => order)];
      expect(all).toEqual(all.map((_, index) => index + 1));
      expect(queue.order).toBe(all.length);
    }),
    { numRuns: 10_000 },
  );
});

const DATA = { requestId: 'a', crmRecord: null, sessionId: null, state: 'attaching', deadline: '' } as const;

test.each(STATES)('%s: a reminder is sent only where the signing waits for a person', (state) => {
  const queue = createQueue({ at: '', events: [], data: { ...DATA, state } });
  expect(isWaitingForPerson(queue)).toBe(
    ['awaiting-handover', 'awaiting-signature', 'needs-attention'].includes(state),
  );
});
