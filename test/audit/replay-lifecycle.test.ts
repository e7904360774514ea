import { createAudit } from '../../src/audit/create-audit.js';
import type { HistoryContent, HistoryEvent } from '../../src/audit/history-event.js';
import { createRequest } from '../support/signing.js';

const runId = 'the-only-run';

/** An attach of the document with this name, whose response was lost. */
const createLostAttach = (name: string, scheduled: number): HistoryContent[] => [
  { type: 'call-scheduled', call: 'attachDocument', args: [{}, { fileId: `file of ${name}`, name }] },
  { type: 'call-failed', scheduled, failure: { type: 'OutcomeUnknown', message: 'lost', status: null } },
];
const createAdoption = (updateId: string, attentionId: string): HistoryContent[] => {
  const args = [{ attentionId, action: 'adopt' }];
  return [
    { type: 'update-accepted', by: 'cli/me', updateId, name: 'resolve', args },
    { type: 'update-completed', updateId, failure: null },
  ];
};

it('The audit counts a repeated decision once', () => {
  const contents: HistoryContent[] = [
    {
      type: 'started',
      by: 'crm',
      args: [createRequest('a')],
      continuedFrom: null,
      firstRunId: runId,
      attributes: { state: 'checking-documents', deadline: null },
    },
    ...createLostAttach('contract.pdf', 2),
    ...createAdoption('1', 'attach-1'),
    ...createLostAttach('terms.pdf', 6),
    ...createAdoption('2', 'attach-1'),
  ];
  const events: HistoryEvent[] = contents.map((content, index) => ({
    ...content,
    id: index + 1,
    at: '2026-12-01T12:00:00.000Z',
  }));
  const { documents, timeline } = createAudit('signing-a', [{ runId, events }], []);
  expect(documents.map(({ name, status }) => [name, status])).toEqual([
    ['contract.pdf', 'ATTACHED'],
    ['terms.pdf', null],
  ]);
  const decided = timeline.filter((entry) => entry.kind === 'decision' && entry.decision === 'resolve');
  expect(decided).toMatchObject(
    [1, 2].map(() => ({ content: { attentionId: 'attach-1', action: 'adopt' } })),
  );
});
